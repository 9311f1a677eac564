//! Rebuilds the crate when a migration is added: the migrations are embedded at build time, and
//! cargo sees changes of known files only.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
