//! Rules and sources in, violations in words out.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::references::references;
use super::rules::{Allowed, Rules, is_within};
use super::sources::Source;
use super::{LONGEST_FILE, LONGEST_FUNCTION};

/// Every path of a file that its module may not name.
pub(super) fn imports(rules: &Rules, source: &Source) -> Vec<String> {
    let file = syn::parse_file(&source.text).unwrap();
    let found = references(&file, &source.module);
    let mut violations: Vec<String> = found
        .iter()
        .filter_map(|reference| {
            let why = forbidden(rules, &source.module, &reference.path)?;
            Some(format!(
                "{}:{}: {why}",
                source.path.display(),
                reference.line
            ))
        })
        .collect();
    violations.dedup();
    violations
}

/// Why `module` may not name `path`, if it may not.
fn forbidden(rules: &Rules, module: &str, path: &[String]) -> Option<String> {
    let full = path.join("::");
    for (function, homes) in &rules.functions {
        let names_it = full == *function || full.ends_with(&format!("::{function}"));
        if names_it && !homes.iter().any(|home| is_within(module, home)) {
            return Some(format!(
                "`{function}` is named in `{module}`, not only in {homes:?}"
            ));
        }
    }
    let (first, inside) = path.split_first()?;
    if first != "crate" {
        let homes = rules.crates.get(first)?;
        let is_home = homes.iter().any(|home| is_within(module, home));
        return (!is_home).then(|| format!("the crate `{first}` is used in `{module}`"));
    }
    let inside = inside.join("::");
    if inside.is_empty() {
        return Some(format!("`{module}` uses the whole crate"));
    }
    let Some(to) = rules.row_of(&inside) else {
        return Some(format!("`{full}` is in no module that has a row"));
    };
    let from = rules.row_of(module)?;
    let is_allowed = from == to || rules.allow(from, &inside);
    (!is_allowed).then(|| format!("`{from}` may not use `{full}`"))
}

/// Modules without a row, and rows or names in rows without a module.
pub(super) fn rows(rules: &Rules, modules: &[String]) -> Vec<String> {
    let homeless = modules
        .iter()
        .filter(|module| !module.is_empty() && rules.row_of(module).is_none())
        .map(|module| format!("`{module}` has no row"));
    let in_cells = rules.modules.values().flat_map(|allowed| match allowed {
        Allowed::Only(modules) | Allowed::AllBut(modules) => modules,
    });
    let common = rules
        .common
        .iter()
        .flat_map(|(but, modules)| [but, modules]);
    let homes = rules.crates.values().chain(rules.functions.values());
    let stale = rules
        .modules
        .keys()
        .chain(in_cells)
        .chain(common.chain(homes).flatten())
        .filter(|name| !modules.contains(name))
        .map(|name| format!("`{name}` is in a table, but there is no such module"));
    homeless.chain(stale).collect()
}

/// What is too long, or does not open with its reason.
pub(super) fn sizes(path: &str, text: &str) -> Vec<String> {
    let mut violations = Vec::new();
    let lines = text.lines().count();
    if lines > LONGEST_FILE {
        violations.push(format!("{path}: {lines} lines, more than {LONGEST_FILE}"));
    }
    if !text.starts_with("//! ") {
        violations.push(format!(
            "{path}:1: does not open with `//! ` and its reason"
        ));
    }
    let mut functions = Functions(Vec::new());
    functions.visit_file(&syn::parse_file(text).unwrap());
    for (name, line, length) in functions.0 {
        if length > LONGEST_FUNCTION {
            violations.push(format!(
                "{path}:{line}: `{name}` has {length} lines, more than {LONGEST_FUNCTION}"
            ));
        }
    }
    violations
}

/// Every function: its name, first line and number of lines.
struct Functions(Vec<(String, usize, usize)>);

impl Functions {
    fn add(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let first = signature.span().start().line;
        let last = block.span().end().line;
        self.0
            .push((signature.ident.to_string(), first, last - first + 1));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.add(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }
}
