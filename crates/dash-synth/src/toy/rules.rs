//! The Boolean rules of the models, one per gene. Sources stand with the models.

use super::ToyModel;

type Rules = &'static [(&'static str, &'static str)];

/// Genes and their rules, in the notation of [`Logic::parse`](crate::Logic::parse).
pub(super) fn rules(model: ToyModel) -> Rules {
    match model {
        ToyModel::Linear => LINEAR,
        ToyModel::Cycle => CYCLE,
        ToyModel::Bifurcating => BIFURCATING,
        ToyModel::Trifurcating => TRIFURCATING,
        ToyModel::CorticalArea => CORTICAL_AREA,
        ToyModel::SpinalCord => SPINAL_CORD,
        ToyModel::Haematopoiesis => HAEMATOPOIESIS,
        ToyModel::SexDetermination => SEX_DETERMINATION,
    }
}

const LINEAR: Rules = &[
    ("g1", "NOT g7"),
    ("g2", "g1"),
    ("g3", "g2"),
    ("g4", "g3"),
    ("g5", "g4"),
    ("g6", "g5"),
    ("g7", "g6 OR g7"),
];

const CYCLE: Rules = &[
    ("g1", "NOT g5"),
    ("g2", "NOT g1"),
    ("g3", "NOT g2"),
    ("g4", "g3"),
    ("g5", "g4"),
    ("g6", "g1"),
];

const BIFURCATING: Rules = &[
    ("g1", "NOT (g4 OR g6)"),
    ("g2", "g1"),
    ("g3", "g2"),
    ("g4", "(g3 OR g4) AND NOT g6"),
    ("g6", "(g3 OR g6) AND NOT g4"),
    ("g7", "g4"),
    ("g8", "NOT g4"),
];

const TRIFURCATING: Rules = &[
    ("g1", "NOT (g4 OR g5 OR g6)"),
    ("g2", "g1"),
    ("g3", "g2"),
    ("g4", "(g3 OR g4) AND NOT (g5 OR g6)"),
    ("g5", "(g3 OR g5) AND NOT (g4 OR g6)"),
    ("g6", "(g3 OR g6 OR g7) AND NOT (g4 OR g5)"),
    ("g7", "g6"),
    ("g8", "NOT g4"),
];

const CORTICAL_AREA: Rules = &[
    ("Fgf8", "Fgf8 AND Sp8 AND NOT Emx2"),
    ("Emx2", "Coup AND NOT (Fgf8 OR Pax6 OR Sp8)"),
    ("Pax6", "Sp8 AND NOT (Emx2 OR Coup)"),
    ("Coup", "NOT (Fgf8 OR Sp8)"),
    ("Sp8", "Fgf8 AND NOT Emx2"),
];

const SPINAL_CORD: Rules = &[
    ("Nkx61", "NOT Dbx2"),
    ("Nkx62", "NOT (Nkx61 OR Dbx1)"),
    ("Nkx22", "NOT (Pax6 OR Dbx2)"),
    ("Pax6", "NOT Nkx22"),
    ("Dbx1", "NOT (Nkx61 OR Nkx62)"),
    ("Dbx2", "NOT (Nkx61 OR Olig2 OR Nkx22)"),
    ("Olig2", "NOT (Irx3 OR Nkx22)"),
    ("Irx3", "NOT (Olig2 OR Nkx22)"),
];

const HAEMATOPOIESIS: Rules = &[
    ("Gata2", "Gata2 AND NOT (Gata1 AND Fog1) AND NOT Pu1"),
    ("Gata1", "(Gata1 OR Gata2 OR Fli1) AND NOT Pu1"),
    ("Fog1", "Gata1"),
    ("Eklf", "Gata1 AND NOT Fli1"),
    ("Fli1", "Gata1 AND NOT Eklf"),
    ("Scl", "Gata1 AND NOT Pu1"),
    ("Cebpa", "Cebpa AND NOT (Gata1 AND Fog1 AND Scl)"),
    ("Pu1", "(Cebpa OR Pu1) AND NOT (Gata1 OR Gata2)"),
    ("cJun", "Pu1 AND NOT Gfi1"),
    ("EgrNab", "Pu1 AND cJun AND NOT Gfi1"),
    ("Gfi1", "Cebpa AND NOT EgrNab"),
];

const SEX_DETERMINATION: Rules = &[
    ("UGR", "UGR AND NOT (NR5A1 OR WNT4)"),
    ("CBX2", "UGR AND NOT (NR0B1 AND WNT4 AND CTNNB1)"),
    ("GATA4", "UGR OR WNT4 OR NR5A1 OR SRY"),
    ("WT1mKTS", "UGR OR GATA4"),
    ("WT1pKTS", "(UGR OR GATA4) AND NOT (WNT4 AND CTNNB1)"),
    (
        "NR5A1",
        "(UGR OR CBX2 OR WT1mKTS OR GATA4) AND NOT (NR0B1 AND WNT4)",
    ),
    (
        "NR0B1",
        "(WT1mKTS OR (WNT4 AND CTNNB1)) AND NOT (NR5A1 AND SOX9)",
    ),
    (
        "SRY",
        "((NR5A1 AND WT1mKTS AND CBX2) OR (GATA4 AND WT1pKTS AND CBX2 AND NR5A1) OR SOX9 OR SRY) AND NOT CTNNB1",
    ),
    (
        "SOX9",
        "((SOX9 AND FGF9) OR SRY OR PGD2 OR (SRY AND CBX2) OR (GATA4 AND NR5A1 AND SRY)) \
         AND NOT (WNT4 OR CTNNB1 OR FOXL2)",
    ),
    ("FGF9", "SOX9 AND NOT WNT4"),
    ("PGD2", "SOX9"),
    ("DMRT1", "(SRY OR SOX9) AND NOT FOXL2"),
    ("DHH", "SOX9"),
    ("DKK1", "SRY OR SOX9"),
    (
        "AMH",
        "((SOX9 AND GATA4 AND NR5A1) OR (SOX9 AND NR5A1 AND GATA4 AND WT1mKTS)) AND NOT (NR0B1 AND CTNNB1)",
    ),
    (
        "WNT4",
        "(GATA4 OR CTNNB1 OR RSPO1 OR NR0B1) AND NOT (FGF9 OR DKK1)",
    ),
    ("RSPO1", "(WNT4 OR CTNNB1) AND NOT DKK1"),
    ("FOXL2", "(WNT4 AND CTNNB1) AND NOT (DMRT1 OR SOX9)"),
    ("CTNNB1", "(WNT4 OR RSPO1) AND NOT (SRY OR (SOX9 AND AMH))"),
];
