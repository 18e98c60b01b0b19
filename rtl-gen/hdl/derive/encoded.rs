//! `#[derive(Encoded)]`.

use crate::language::Language;
use crate::text::snake_case;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, LitInt, Result};

pub fn expand(input: DeriveInput) -> Result<TokenStream> {
    let (of, name) = (&input.ident, snake_case(&input.ident));
    let variants = match &input.data {
        Data::Enum(data) if input.generics.params.is_empty() => &data.variants,
        Data::Enum(_) | Data::Struct(_) | Data::Union(_) => {
            return Err(Error::new(of.span(), "values with codes are an enum without parameters"));
        }
    };
    if variants.is_empty() {
        return Err(Error::new(of.span(), "an enumeration needs a value"));
    }
    for variant in variants {
        if !matches!(variant.fields, Fields::Unit) {
            return Err(Error::new(variant.ident.span(), "a value with a code holds nothing else"));
        }
    }
    let idents: Vec<_> = variants.iter().map(|variant| &variant.ident).collect();
    let names: Vec<_> = idents.iter().map(|ident| snake_case(ident)).collect();
    let Attributes { width, language } = attributes(&input)?;
    let width = width.map_or(quote!(__hdl::code_width(Self::VALUES)), |width| quote!(#width));
    Ok(language.around(quote! {
        impl __hdl::Encoded for #of {
            const NAME: &'static str = #name;
            const VALUES: &'static [__hdl::Value<#of>] =
                &[#(__hdl::Value::new(#of::#idents, #names, #of::#idents as i128)),*];
            const WIDTH: u32 = #width;
        }
        const _: () = __hdl::check_codes::<#of>();
    }))
}

/// `#[encoded(width = 7, crate = "gen_rtl::hdl")]`.
#[derive(Default)]
struct Attributes {
    width: Option<LitInt>,
    language: Language,
}

fn attributes(input: &DeriveInput) -> Result<Attributes> {
    let mut found = Attributes::default();
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("encoded")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("width") {
                found.width = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("crate") {
                found.language = Language::of(&meta)?;
            } else {
                let legal = "`#[encoded(width = 7)]` and `#[encoded(crate = \"path::of::hdl\")]`";
                return Err(meta.error(format!("the attributes of an enumeration are {legal}")));
            }
            Ok(())
        })?;
    }
    Ok(found)
}
