//! `#[derive(Encoded)]`.

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
    let width = width(&input)?;
    let width = width.map_or(quote!(::hdl::code_width(Self::VALUES)), |width| quote!(#width));
    Ok(quote! {
        impl ::hdl::Encoded for #of {
            const NAME: &'static str = #name;
            const VALUES: &'static [::hdl::Value<#of>] =
                &[#(::hdl::Value::new(#of::#idents, #names, #of::#idents as i128)),*];
            const WIDTH: u32 = #width;
        }
        const _: () = ::hdl::check_codes::<#of>();
    })
}

/// `#[encoded(width = 7)]`.
fn width(input: &DeriveInput) -> Result<Option<LitInt>> {
    let mut width = None;
    for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("encoded")) {
        attribute.parse_nested_meta(|meta| match meta.path.is_ident("width") {
            true => {
                width = Some(meta.value()?.parse()?);
                Ok(())
            }
            false => Err(meta.error("the attribute of an enumeration is `#[encoded(width = 7)]`")),
        })?;
    }
    Ok(width)
}
