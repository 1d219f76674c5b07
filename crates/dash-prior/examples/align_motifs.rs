//! Reads a motif list, aligns it with the genes of an experiment, and reports what was lost on the way.
//!
//! `cargo run --release -p dash-prior --example align_motifs [GENES.csv MOTIFS.csv]`; without files, with small ones of its own.

#![expect(clippy::print_stdout, reason = "a program that shows its result")]

use std::fs;
use std::path::PathBuf;

use dash_prior::{
    InputSuffix, PriorMatrix, TableFormat, UnknownGenes, co_regulation, read_edge_list,
    read_gene_names,
};

const GENES: &str = "gene\nSWI4\nMBP1\nSWI6\nCLN2\nPCL1\n";
const MOTIFS: &str = "from,to,weight\n\
    SWI4,CLN2,1\nSWI4,PCL1,1\nMBP1,CLN2,1\nSWI4,CLN2,1\n\
    RCS1,CLN2,1\nSWI6,YOX1,1\nMBP1,PCL1,0\nSWI6,SWI6,1\n";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let folder = std::env::temp_dir().join(format!("align_motifs.{}", std::process::id()));
    let (genes, motifs) = if let [genes, motifs] = &files[..] {
        (genes.clone(), motifs.clone())
    } else {
        fs::create_dir_all(&folder)?;
        let (genes, motifs) = (folder.join("genes.csv"), folder.join("motifs.csv"));
        fs::write(&genes, GENES)?;
        fs::write(&motifs, MOTIFS)?;
        (genes, motifs)
    };

    let genes = read_gene_names(&genes, InputSuffix::Keep, None)?.genes;
    let (network, report) =
        read_edge_list(&motifs, &genes, UnknownGenes::Drop, &TableFormat::default())?;
    println!(
        "{} rows, {} edges among {} genes",
        report.rows,
        report.edges,
        genes.len()
    );
    println!(
        "lost: {} repeated, {} of weight 0, {} with a gene that has no expression",
        report.duplicates, report.zeros, report.unknown_rows
    );
    for gene in report.unknown_genes.iter().take(10) {
        println!("  {} in {} rows", gene.gene, gene.edges);
    }
    println!("{} edges join a gene to itself", report.self_loops);

    let p = PriorMatrix::from_network(&network);
    let density = p.nnz() as f64 / (genes.len() * genes.len()) as f64;
    println!(
        "P: {} regulators, {} targets, density {density:.4}",
        network.regulators().len(),
        network.targets().len()
    );
    let c = co_regulation(&p);
    println!("C = |P|ᵀ|P|: {} entries", c.nnz());
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    Ok(())
}
