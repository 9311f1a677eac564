//! Every path that a file names: in `use` trees, types, expressions, attributes and the insides of
//! macros, with `self` and `super` resolved. What is compiled for tests only is left out.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, ItemUse, Macro, Meta, TraitItem, UseTree};

use super::sources::{is_for_tests, join};

/// One path as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// Its segments. A path into our own crate starts with `crate`.
    pub(super) path: Vec<String>,
    /// The line it starts on.
    pub(super) line: usize,
}

/// The paths of a file of `module`.
pub(super) fn references(file: &syn::File, module: &str) -> Vec<Reference> {
    let mut finder = Finder {
        module: module.to_owned(),
        found: Vec::new(),
    };
    finder.visit_file(file);
    finder.found
}

struct Finder {
    module: String,
    found: Vec<Reference>,
}

impl Finder {
    fn add(&mut self, path: &[String], line: usize) {
        let path = resolve(&self.module, path);
        self.found.push(Reference { path, line });
    }

    fn use_tree(&mut self, tree: &UseTree, before: &[String], line: usize) {
        match tree {
            UseTree::Path(path) => {
                let path_so_far = [before, &[path.ident.to_string()]].concat();
                self.use_tree(&path.tree, &path_so_far, line);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.use_tree(tree, before, line);
                }
            }
            UseTree::Glob(_) => self.add(before, line),
            UseTree::Name(name) => self.leaf(before, &name.ident.to_string(), line),
            UseTree::Rename(rename) => self.leaf(before, &rename.ident.to_string(), line),
        }
    }

    /// The end of a `use` path; `{self}` stands for the path before it.
    fn leaf(&mut self, before: &[String], name: &str, line: usize) {
        if name == "self" && !before.is_empty() {
            self.add(before, line);
        } else {
            self.add(&[before, &[name.to_owned()]].concat(), line);
        }
    }

    /// Macros and attributes are tokens: a path there is identifiers between `::`.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut next = 0;
        while let Some(token) = tokens.get(next) {
            match token {
                TokenTree::Group(group) => {
                    self.tokens(group.stream());
                    next += 1;
                }
                TokenTree::Ident(ident) => {
                    let line = ident.span().start().line;
                    let (path, after) = path_at(&tokens, next);
                    if after > next + 1 {
                        self.tokens_of_use_group(&path, tokens.get(after), line);
                    }
                    next = after;
                }
                _ => next += 1,
            }
        }
    }

    /// A path of tokens, or several if it ends in the braces of a `use` within a macro.
    fn tokens_of_use_group(&mut self, path: &[String], after: Option<&TokenTree>, line: usize) {
        let group = match after {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group,
            _ => return self.add(path, line),
        };
        match syn::parse2::<UseTree>(quote_group(group.stream())) {
            Ok(tree) => self.use_tree(&tree, path, line),
            Err(_) => self.add(path, line),
        }
    }
}

/// `{ … }` again, as one `use` tree.
fn quote_group(inside: TokenStream) -> TokenStream {
    TokenTree::Group(proc_macro2::Group::new(Delimiter::Brace, inside)).into()
}

/// The path that starts with the identifier at `start`, and the index after it.
fn path_at(tokens: &[TokenTree], start: usize) -> (Vec<String>, usize) {
    let is_colon =
        |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == ':');
    let mut path = Vec::new();
    let mut at = start;
    while let Some(TokenTree::Ident(ident)) = tokens.get(at) {
        path.push(ident.to_string());
        at += 1;
        if !(is_colon(at) && is_colon(at + 1)) {
            break;
        }
        at += 2;
    }
    (path, at)
}

/// The path from the root of the crate, or from that of another one.
fn resolve(module: &str, path: &[String]) -> Vec<String> {
    let mut here: Vec<String> = module.split("::").map(str::to_owned).collect();
    here.retain(|segment| !segment.is_empty());
    let mut rest = path;
    match path.first().map(String::as_str) {
        Some("crate" | "wardroom") => {
            here.clear();
            rest = &path[1..];
        }
        Some("self" | "super") => {
            while let Some((first, others)) = rest.split_first() {
                match first.as_str() {
                    "self" => {}
                    "super" => drop(here.pop()),
                    _ => break,
                }
                rest = others;
            }
        }
        _ => return path.to_vec(),
    }
    let root = vec!["crate".to_owned()];
    [root, here, rest.to_vec()].concat()
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let outside = self.module.clone();
        self.module = join(&outside, &item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module = outside;
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        if !matches!(item, ImplItem::Fn(item) if is_for_tests(&item.attrs)) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        if !matches!(item, TraitItem::Fn(item) if is_for_tests(&item.attrs)) {
            visit::visit_trait_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.use_tree(&item.tree, &[], item.use_token.span.start().line);
    }

    /// `pub(crate)` and `pub(super)` use nobody.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        let line = path.segments.first().map(|s| s.ident.span().start().line);
        self.add(&segments, line.unwrap_or_default());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        visit::visit_macro(self, call);
        self.tokens(call.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        visit::visit_attribute(self, attribute);
        if let Meta::List(list) = &attribute.meta {
            self.tokens(list.tokens.clone());
        }
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
