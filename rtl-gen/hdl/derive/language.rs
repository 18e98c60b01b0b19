//! The path of the language's crate in generated code.

use proc_macro2::TokenStream;
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::{LitStr, Path, Result, parse_quote};

/// The path of the language: a crate `hdl`, unless `crate = "gen_rtl::hdl"` says another.
pub struct Language(Path);

impl Default for Language {
    fn default() -> Language {
        Language(parse_quote!(::hdl))
    }
}

impl Language {
    /// What an attribute `crate` says.
    pub fn of(meta: &ParseNestedMeta) -> Result<Language> {
        let path: LitStr = meta.value()?.parse()?;
        path.parse().map(Language)
    }

    /// Items in which the language is called `__hdl`.
    pub fn around(&self, items: TokenStream) -> TokenStream {
        let Language(path) = self;
        quote! {
            const _: () = {
                use #path as __hdl;
                #items
            };
        }
    }
}
