//! Names of gene sets as a reader would write them.

/// Collections whose names stand before those of their sets.
const COLLECTIONS: [&str; 10] = [
    "REACTOME_",
    "GO_",
    "GOBP_",
    "GOMF_",
    "GOCC_",
    "HALLMARK_",
    "KEGG_",
    "BIOCARTA_",
    "PID_",
    "WP_",
];

/// Words of several cases.
const SPELLINGS: [(&str, &str); 30] = [
    ("ATPASE", "ATPase"),
    ("CAMP", "cAMP"),
    ("CGMP", "cGMP"),
    ("COA", "CoA"),
    ("DSRNA", "dsRNA"),
    ("ENOS", "eNOS"),
    ("GEFS", "GEFs"),
    ("GOLGI", "Golgi"),
    ("GTPASE", "GTPase"),
    ("GTPASES", "GTPases"),
    ("HATS", "HATs"),
    ("HDACS", "HDACs"),
    ("KAPPAB", "kappaB"),
    ("MIRNA", "miRNA"),
    ("MRNA", "mRNA"),
    ("MRNAS", "mRNAs"),
    ("MTOR", "mTOR"),
    ("NCRNA", "ncRNA"),
    ("NFKB", "NF-kB"),
    ("PAKS", "PAKs"),
    ("PIRNA", "piRNA"),
    ("RNAS", "RNAs"),
    ("RRNA", "rRNA"),
    ("SIRNA", "siRNA"),
    ("SMADS", "SMADs"),
    ("SNORNA", "snoRNA"),
    ("SNRNA", "snRNA"),
    ("SNRNP", "snRNP"),
    ("TRIC", "TRiC"),
    ("TRNA", "tRNA"),
];

/// Words that keep their capitals although they have vowels and no digit.
const CAPITALS: &str = " ABC ABL ADP AKT AMP AMPA AMPK APC ATP ATR AURKA BRAF CAMK CAMKII CAMKIV CARD COPI COPII CREB \
    DAG DAI DNA DSCAM ECM EGFR EJC EMT EPH EPHA EPHB ER ERAD ERBB ERK ERQC ESCRT ESR EIF FAD FADD FASL FCERI FOXO \
    FYN GABA GAG GI GLI GPI GPVI HIV HOX IFN IFNA IFNG IGE IGF IGG IKBA IKK IL II III IP IQGAP IRE IRF IRS IV IX JAK \
    JNK JUN KIT KRAS LIM LLO MAP MAPK MET MHC MMEJ MYC NAD NADE NADH NADP NADPH NANOG NCAM NCOR NEF NER NFAT NHEJ NIK \
    NIMA NMDA NMDAR NOTCH NOXA NRAGE NRIF NUMA OAS ORC PAK PCNA PERK PI PIP PIWI PKA PTEN PUMA RAB RAC RAF RAGE RAL RAN RAP RAS RET RHO \
    RIP RNA ROBO ROS RUNX SASP SLIT SMAC SMAD SNAP SNARE SOS SREBF SREBP STAT STING SUMO TAK TCA TNFA TOR TRAIL TRIF \
    TRKA UCH UDP UPR UTR UV VEGF VEGFA VI VII VIII XIAP ";

/// Pairs of words that a stroke belongs between.
const STROKES: [(&str, &str); 6] = [
    ("G1", "S"),
    ("G2", "M"),
    ("G2", "G1"),
    ("G0", "G1"),
    ("M", "G1"),
    ("APC", "C"),
];

/// The name of a set in words: `REACTOME_CELL_CYCLE` is "Cell cycle". A name that is written in words already only gets a
/// capital.
pub(super) fn in_words(name: &str) -> String {
    let is_code = !name.contains([' ', '-']) && !name.chars().any(char::is_lowercase);
    if !is_code {
        return sentence(name);
    }
    let bare = COLLECTIONS
        .iter()
        .find_map(|collection| name.strip_prefix(collection))
        .unwrap_or(name);
    let words: Vec<&str> = bare.split('_').filter(|word| !word.is_empty()).collect();
    let mut text = String::new();
    for (place, word) in words.iter().enumerate() {
        let before = place.checked_sub(1).map(|place| words[place]);
        text.push_str(match before {
            None => "",
            Some(before) if STROKES.contains(&(before, word.split(':').next().unwrap_or(word))) => {
                "/"
            }
            Some(_) => " ",
        });
        let parts: Vec<String> = word.split(':').map(|part| spelled(part, before)).collect();
        text.push_str(&parts.join(":"));
    }
    sentence(&text)
}

fn spelled(word: &str, before: Option<&str>) -> String {
    if let Some((_, spelling)) = SPELLINGS.iter().find(|(code, _)| *code == word) {
        return (*spelling).to_owned();
    }
    let is_article = word == "A"
        && matches!(
            before,
            Some("OF" | "TO" | "IN" | "WITH" | "VIA" | "AS" | "FROM")
        );
    let has_vowel = word.contains(['A', 'E', 'I', 'O', 'U', 'Y']);
    let is_symbol = word.chars().any(|c| c.is_ascii_digit()) || !has_vowel || word.len() == 1;
    let is_known = |word: &str| CAPITALS.split(' ').any(|known| known == word);
    // The plural of a symbol: HSCs.
    let stem = word.strip_suffix('S').filter(|stem| stem.len() > 2);
    match stem {
        Some(stem) if is_known(stem) || !has_vowel => format!("{stem}s"),
        _ if (is_symbol || is_known(word)) && !is_article => word.to_owned(),
        _ => word.to_lowercase(),
    }
}

/// With a capital, unless its first word has one inside ("mRNA").
fn sentence(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    let mut characters = text.chars();
    match characters.next() {
        Some(initial) if !first.chars().any(char::is_uppercase) => {
            initial.to_uppercase().chain(characters).collect()
        }
        _ => text.to_owned(),
    }
}

/// The name in at most two lines of `most` characters, broken between words. What does not fit is left out of the middle:
/// names of sets begin with what happens and end with where or to what.
pub(super) fn in_lines(name: &str, most: usize) -> Vec<String> {
    let words: Vec<&str> = name.split(' ').collect();
    if let Some(lines) = broken(&words, most) {
        return lines;
    }
    // Leave out words around two thirds of the name, more and more of them.
    for left_out in 1..words.len() {
        let from = (words.len() - left_out) * 2 / 3;
        let shorter: Vec<&str> = words[..from]
            .iter()
            .chain(&["…"])
            .chain(&words[from + left_out..])
            .copied()
            .collect();
        if let Some(lines) = broken(&shorter, most) {
            return lines;
        }
    }
    let mut cut: String = name.chars().take(most.saturating_sub(1)).collect();
    cut.push('…');
    vec![cut]
}

/// One line if it fits, else two of about one length; `None` if they are too long.
fn broken(words: &[&str], most: usize) -> Option<Vec<String>> {
    let length = |line: &String| line.chars().count();
    let whole = words.join(" ");
    if length(&whole) <= most {
        return Some(vec![whole]);
    }
    let halves = |at: usize| [words[..at].join(" "), words[at..].join(" ")];
    (1..words.len())
        .map(halves)
        .filter(|lines| lines.iter().all(|line| length(line) <= most))
        .min_by_key(|lines| lines.iter().map(length).max())
        .map(Vec::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_words() {
        for (code, words) in [
            ("REACTOME_CELL_CYCLE", "Cell cycle"),
            (
                "REACTOME_REGULATION_OF_TP53_ACTIVITY_THROUGH_METHYLATION",
                "Regulation of TP53 activity through methylation",
            ),
            (
                "REACTOME_RUNX1_REGULATES_TRANSCRIPTION_OF_GENES_INVOLVED_IN_DIFFERENTIATION_OF_HSCS",
                "RUNX1 regulates transcription of genes involved in differentiation of HSCs",
            ),
            ("REACTOME_MRNA_SPLICING", "mRNA splicing"),
            (
                "REACTOME_RHO_GTPASES_ACTIVATE_PAKS",
                "RHO GTPases activate PAKs",
            ),
            (
                "REACTOME_MITOTIC_G1_S_TRANSITION",
                "Mitotic G1/S transition",
            ),
            (
                "REACTOME_APC_C:CDH1_MEDIATED_DEGRADATION_OF_CDC20",
                "APC/C:CDH1 mediated degradation of CDC20",
            ),
            ("REACTOME_GAP_JUNCTION_ASSEMBLY", "Gap junction assembly"),
            (
                "REACTOME_ACTIVATION_OF_NMDARS_AT_THE_GOLGI",
                "Activation of NMDARs at the Golgi",
            ),
            ("GO_CYCLOSPORIN_A_BINDING", "Cyclosporin A binding"),
            (
                "REACTOME_TRANSFER_TO_A_NASCENT_PROTEIN",
                "Transfer to a nascent protein",
            ),
            (
                "HALLMARK_TNFA_SIGNALING_VIA_NFKB",
                "TNFA signaling via NF-kB",
            ),
            ("protein folding", "Protein folding"),
            ("mRNA processing", "mRNA processing"),
            ("RNA binding", "RNA binding"),
            ("", ""),
        ] {
            assert_eq!(in_words(code), words);
        }
    }

    #[test]
    fn long_names_take_two_lines_and_lose_their_middle_last() {
        let name =
            "Inhibition of the proteolytic activity of APC/C required for the onset of anaphase";
        assert_eq!(in_lines("Cell cycle", 40), ["Cell cycle"]);
        assert_eq!(
            in_lines(name, 44),
            [
                "Inhibition of the proteolytic activity of",
                "APC/C required for the onset of anaphase"
            ]
        );
        let shorter = in_lines(name, 30);
        assert!(shorter.len() == 2 && shorter.iter().all(|line| line.chars().count() <= 30));
        let whole = shorter.join(" ");
        assert!(whole.starts_with("Inhibition of") && whole.ends_with("anaphase"));
        assert!(whole.contains('…'), "{whole}");
        assert_eq!(in_lines("Antidisestablishment", 8), ["Antidis…"]);
    }
}
