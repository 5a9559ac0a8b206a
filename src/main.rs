//! The binary `tillsight`: see the library.
fn main() {}
