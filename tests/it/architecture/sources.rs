//! The crate's own sources, found as the compiler finds them: by `mod` declarations.

use std::path::{Path, PathBuf};

use syn::{Attribute, Item, ItemMod, Meta};

/// One file of the crate.
pub(super) struct Source {
    /// Its module's path without `crate`, `desk::event`; empty for `lib.rs`, `main` for `main.rs`.
    pub(super) module: String,
    /// Where it is.
    pub(super) path: PathBuf,
    /// Its text.
    pub(super) text: String,
    /// Compiled for tests only.
    pub(super) is_test: bool,
}

/// The package's folder.
pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file that has to be there.
pub(super) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Rust file under a folder of the package.
pub(super) fn files_under(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

impl Source {
    /// Every file that `src/lib.rs` and `src/main.rs` lead to.
    pub(super) fn of_the_crate() -> Vec<Self> {
        let src = root().join("src");
        let mut sources = Vec::new();
        collect(&src.join("lib.rs"), &src, "", false, &mut sources);
        collect(&src.join("main.rs"), &src, "main", false, &mut sources);
        sources
    }
}

/// Takes `file`, whose `mod` declarations are looked for in `folder`, and all that it declares.
fn collect(file: &Path, folder: &Path, module: &str, is_test: bool, sources: &mut Vec<Source>) {
    let text = std::fs::read_to_string(file).unwrap();
    let syntax = syn::parse_file(&text).unwrap();
    sources.push(Source {
        module: module.to_owned(),
        path: file.to_owned(),
        text,
        is_test,
    });
    declared(&syntax.items, folder, module, is_test, sources);
}

fn declared(items: &[Item], folder: &Path, module: &str, is_test: bool, sources: &mut Vec<Source>) {
    for item in items {
        let Item::Mod(item) = item else { continue };
        let name = item.ident.to_string();
        let child = join(module, &name);
        let is_test = is_test || is_for_tests(&item.attrs);
        let inside = folder.join(&name);
        if let Some((_, items)) = &item.content {
            declared(items, &inside, &child, is_test, sources);
        } else {
            let file = file_of(item, folder);
            collect(&file, &inside, &child, is_test, sources);
        }
    }
}

fn file_of(item: &ItemMod, folder: &Path) -> PathBuf {
    let plain = folder.join(format!("{}.rs", item.ident));
    if plain.exists() {
        plain
    } else {
        folder.join(item.ident.to_string()).join("mod.rs")
    }
}

/// `desk` and `event` to `desk::event`.
pub(super) fn join(module: &str, name: &str) -> String {
    if module.is_empty() {
        name.to_owned()
    } else {
        format!("{module}::{name}")
    }
}

/// Whether `#[cfg(test)]` stands on an item, alone or in an `all(…)`.
pub(super) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let Meta::List(list) = &attribute.meta else {
            return false;
        };
        let condition = list.tokens.to_string();
        list.path.is_ident("cfg")
            && (condition == "test" || condition.replace(' ', "").starts_with("all(test,"))
    })
}
