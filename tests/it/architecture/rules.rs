//! The rules as the tables of `docs/ARCHITECTURE.md` say them. Names stand in backticks; everything
//! else in a cell is for people, but for the words `everything` and `but`.

use std::collections::BTreeMap;

/// All the rules.
#[derive(Debug, Default)]
pub(super) struct Rules {
    /// Whom a module may use, by its path.
    pub(super) modules: BTreeMap<String, Allowed>,
    /// What all may use besides, but those that are named first.
    pub(super) common: Vec<(Vec<String>, Vec<String>)>,
    /// In which modules another crate may be used.
    pub(super) crates: BTreeMap<String, Vec<String>>,
    /// In which modules a function may be named, by the end of its path.
    pub(super) functions: BTreeMap<String, Vec<String>>,
}

/// Whom a module may use, besides itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Allowed {
    /// These and what is in them.
    Only(Vec<String>),
    /// All but these.
    AllBut(Vec<String>),
}

impl Rules {
    /// Reads the tables whose first column is headed `module`, `crate` or `function`.
    pub(super) fn parse(page: &str) -> Result<Self, String> {
        let mut rules = Self::default();
        let mut table = String::new();
        for line in page.lines() {
            let Some(row) = line.strip_prefix('|') else {
                table.clear();
                continue;
            };
            let mut cells = row.split('|').map(str::trim);
            let (first, second) = (cells.next().unwrap_or(""), cells.next().unwrap_or(""));
            if first.chars().all(|c| "-: ".contains(c)) {
                continue;
            }
            if table.is_empty() {
                first.clone_into(&mut table);
                continue;
            }
            if is_everything(first) {
                rules.common.push((names(first), names(second)));
                continue;
            }
            for name in names(first) {
                rules.add(&table, &name, second)?;
            }
        }
        if rules.modules.is_empty() || rules.crates.is_empty() || rules.functions.is_empty() {
            return Err("a table is missing: expected module, crate and function".to_owned());
        }
        Ok(rules)
    }

    fn add(&mut self, table: &str, name: &str, cell: &str) -> Result<(), String> {
        let again = match table {
            "module" => self
                .modules
                .insert(name.to_owned(), allowed(cell))
                .is_some(),
            "crate" => self.crates.insert(name.to_owned(), names(cell)).is_some(),
            "function" => self
                .functions
                .insert(name.to_owned(), names(cell))
                .is_some(),
            _ => false,
        };
        if again {
            return Err(format!("`{name}` has two rows"));
        }
        Ok(())
    }

    /// Whether `from` may use `to`, which is not its own.
    pub(super) fn allow(&self, from: &str, to: &str) -> bool {
        let in_any = |modules: &[String]| modules.iter().any(|module| is_within(to, module));
        let is_common = self
            .common
            .iter()
            .any(|(but, modules)| in_any(modules) && !but.iter().any(|row| row == from));
        is_common
            || match self.modules.get(from) {
                Some(Allowed::Only(modules)) => in_any(modules),
                Some(Allowed::AllBut(modules)) => !in_any(modules),
                None => false,
            }
    }

    /// The row that a path falls under: the longest that it starts with.
    pub(super) fn row_of(&self, module: &str) -> Option<&str> {
        let rows = self.modules.keys().map(String::as_str);
        rows.filter(|row| is_within(module, row))
            .max_by_key(|row| row.len())
    }
}

/// Whether `path` is `module` or in it.
pub(super) fn is_within(path: &str, module: &str) -> bool {
    path.strip_prefix(module)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

fn allowed(cell: &str) -> Allowed {
    if is_everything(cell) {
        Allowed::AllBut(names(cell))
    } else {
        Allowed::Only(names(cell))
    }
}

/// Whether `everything` stands in a cell outside of backticks.
fn is_everything(cell: &str) -> bool {
    let words: String = cell.split('`').step_by(2).collect();
    words.split_whitespace().any(|word| word == "everything")
}

/// What stands in backticks.
fn names(cell: &str) -> Vec<String> {
    let inside = cell.split('`').skip(1).step_by(2);
    inside.map(str::to_owned).collect()
}
