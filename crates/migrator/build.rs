//! Embeds the migrations anew whenever one changes.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
