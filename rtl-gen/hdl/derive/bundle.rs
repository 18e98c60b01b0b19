//! `#[derive(Bundle)]`.

use crate::language::Language;
use crate::text::{meaning, name};
use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{
    Attribute, Data, DeriveInput, Error, Fields, GenericArgument, GenericParam, Generics, Ident,
    PathArguments, Result, Type,
};

pub fn expand(input: DeriveInput) -> Result<TokenStream> {
    let (bundle, leaf) = (&input.ident, leaf(&input.generics, &input.ident)?);
    let arms = match &input.data {
        Data::Struct(data) => vec![arm(quote!(#bundle), &data.fields, leaf, bundle)?],
        Data::Enum(data) => data
            .variants
            .iter()
            .map(|variant| {
                let path = &variant.ident;
                arm(quote!(#bundle::#path), &variant.fields, leaf, path)
            })
            .collect::<Result<_>>()?,
        Data::Union(_) => return Err(Error::new(bundle.span(), "a bundle is a struct or an enum")),
    };
    Ok(language(&input.attrs)?.around(quote! {
        impl<#leaf> __hdl::Bundle for #bundle<#leaf> {
            type Leaf = #leaf;
            type With<__U> = #bundle<__U>;

            fn map_members<__U>(
                &self,
                __at: &__hdl::Place,
                __map: &mut dyn FnMut(&__hdl::Place, &#leaf) -> __U,
            ) -> #bundle<__U> {
                match self { #(#arms)* }
            }
        }
    }))
}

/// The type of each member.
fn leaf<'a>(generics: &'a Generics, bundle: &Ident) -> Result<&'a Ident> {
    let parameters: Vec<_> = generics.params.iter().collect();
    let message = format!(
        "a bundle has one parameter, the type that stands for each of its members, without bounds: `{bundle}<T>`"
    );
    match parameters.as_slice() {
        [GenericParam::Type(leaf)] if leaf.bounds.is_empty() && generics.where_clause.is_none() => {
            Ok(&leaf.ident)
        }
        [] => Err(Error::new(bundle.span(), message)),
        [..] => Err(Error::new(generics.span(), message)),
    }
}

/// Builds the struct, or a variant of the enum, from the same one with other members.
fn arm(path: TokenStream, fields: &Fields, leaf: &Ident, owner: &Ident) -> Result<TokenStream> {
    let fields = match fields {
        Fields::Named(fields) => &fields.named,
        Fields::Unit => return Ok(quote!(#path => #path,)),
        Fields::Unnamed(_) => {
            return Err(Error::new(owner.span(), "the members of a bundle need names: `{ data: T }`"));
        }
    };
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let values = fields.iter().map(|field| {
        let ident = field.ident.as_ref().expect("the fields have names");
        let (name, meaning) = (name(ident), meaning(&field.attrs));
        let at = match is_flattened(&field.attrs)? {
            true => quote!(__at),
            false => quote!(&__at.member(#name, #meaning)),
        };
        Ok(value(&field.ty, leaf, quote!(#ident), at, 0))
    });
    let values = values.collect::<Result<Vec<_>>>()?;
    Ok(quote!(#path { #(#idents),* } => #path { #(#idents: #values),* },))
}

/// `#[bundle(crate = "gen_rtl::hdl")]`.
fn language(attributes: &[Attribute]) -> Result<Language> {
    let mut language = Language::default();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("bundle")) {
        attribute.parse_nested_meta(|meta| match meta.path.is_ident("crate") {
            true => {
                language = Language::of(&meta)?;
                Ok(())
            }
            false => Err(meta.error("the attribute of a bundle is `#[bundle(crate = \"path::of::hdl\")]`")),
        })?;
    }
    Ok(language)
}

/// `#[bundle(flatten)]`.
fn is_flattened(attributes: &[Attribute]) -> Result<bool> {
    let mut is_flattened = false;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("bundle")) {
        attribute.parse_nested_meta(|meta| match meta.path.is_ident("flatten") {
            true => {
                is_flattened = true;
                Ok(())
            }
            false => Err(meta.error("the attribute of a field is `#[bundle(flatten)]`")),
        })?;
    }
    Ok(is_flattened)
}

/// The expression that replaces `from`, a reference to a value of type `of` at the place `at`.
fn value(of: &Type, leaf: &Ident, from: TokenStream, at: TokenStream, depth: usize) -> TokenStream {
    if !mentions(quote!(#of), leaf) {
        return quote!(::core::clone::Clone::clone(#from));
    }
    let (item, index) = (format_ident!("__item{depth}"), format_ident!("__index{depth}"));
    let each = |inner: &Type| value(inner, leaf, quote!(#item), quote!(&(#at).item(#index)), depth + 1);
    match container(of) {
        Container::None if is_leaf(of, leaf) => quote!(__map(#at, #from)),
        Container::None => quote!(__hdl::Bundle::map_members(#from, #at, __map)),
        Container::Option(inner) => {
            let inner = value(inner, leaf, quote!(#item), at, depth + 1);
            quote!(#from.as_ref().map(|#item| #inner))
        }
        Container::Vec(inner) => {
            let inner = each(inner);
            quote!(#from.iter().enumerate().map(|(#index, #item)| #inner).collect())
        }
        Container::Array(inner) => {
            let inner = each(inner);
            quote!(::core::array::from_fn(|#index| { let #item = &#from[#index]; #inner }))
        }
    }
}

/// A container of further members that is not a bundle itself.
enum Container<'a> {
    None,
    Option(&'a Type),
    Vec(&'a Type),
    Array(&'a Type),
}

fn container(of: &Type) -> Container<'_> {
    let segment = match of {
        Type::Array(array) => return Container::Array(&array.elem),
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    let Some(segment) = segment else { return Container::None };
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return Container::None };
    match (segment.ident.to_string().as_str(), arguments.args.first()) {
        ("Option", Some(GenericArgument::Type(inner))) => Container::Option(inner),
        ("Vec", Some(GenericArgument::Type(inner))) => Container::Vec(inner),
        _ => Container::None,
    }
}

fn is_leaf(of: &Type, leaf: &Ident) -> bool {
    matches!(of, Type::Path(path) if path.path.is_ident(leaf))
}

fn mentions(tokens: TokenStream, leaf: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *leaf,
        TokenTree::Group(group) => mentions(group.stream(), leaf),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
