//! What can be wrong with data and the files that hold them.

use std::io;
use std::path::PathBuf;

use super::place::Place;

/// Error of a time series, or of reading or writing one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The file cannot be read.
    #[error("{}: cannot be read ({source}); check the path and the permissions", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The path leads to a folder.
    #[error("{}: is a folder; name a file in it", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// The file starts like gzip but cannot be unpacked.
    #[error("{}: the gzip data are cut short or damaged ({source}); fetch or write the file again", path.display())]
    Gzip {
        /// The file.
        path: PathBuf,
        /// What the decoder says.
        source: io::Error,
    },
    /// The file holds bytes that are not UTF-8.
    #[error("{}, row {row}: not UTF-8 text; save the file as UTF-8", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// Line with the first such byte.
        row: usize,
    },
    /// The file cannot be written. Whatever was there before is untouched.
    #[error("{}: cannot be written ({source}); check that the folder exists, is writable and has space", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is no text in the file.
    #[error("{}: is empty; expected {expected}", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
        /// What should be there.
        expected: &'static str,
    },
    /// There is a header and nothing else.
    #[error("{}: holds a header and no data; expected {expected} below it", path.display())]
    HeaderOnly {
        /// The file.
        path: PathBuf,
        /// What should be there.
        expected: &'static str,
    },
    /// A field that should hold a number holds something else.
    #[error(
        "{place}: `{text}` is not a number; write it with a decimal point, or leave the field empty if the value is missing"
    )]
    NotANumber {
        /// Where.
        place: Place,
        /// The field.
        text: String,
    },
    /// A field holds NaN, an infinity, or a number beyond the range of 64 bits.
    #[error(
        "{place}: `{text}` is not a finite number; leave the field empty if the value is missing"
    )]
    NotFinite {
        /// Where.
        place: Place,
        /// The field.
        text: String,
    },
    /// A time is missing.
    #[error(
        "{place}: the time is missing; every point needs one, and a time row starts in column 1"
    )]
    TimeMissing {
        /// Where.
        place: Place,
    },
    /// The first row is not the one that the format has.
    #[error("{}, row 1: expected {expected}, found `{found}`", path.display())]
    Header {
        /// The file.
        path: PathBuf,
        /// What should be there.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// A published file and its gene names differ in number.
    #[error("{}, row 1: says {header} genes, but {names} names were given; give the list that belongs to this file", path.display())]
    GeneCount {
        /// The file.
        path: PathBuf,
        /// Genes according to the file.
        header: usize,
        /// Names given.
        names: usize,
    },
    /// A published file has more or fewer rows than its first row promises.
    #[error(
        "{}: {found} rows below the first, expected {expected} ({trajectories} trajectories of {genes} gene rows and a time row); \
         the file is cut short, or its first row is wrong", path.display()
    )]
    RowCount {
        /// The file.
        path: PathBuf,
        /// Rows there are, not counting the first and blank ones.
        found: usize,
        /// Rows there should be.
        expected: usize,
        /// Trajectories according to the first row.
        trajectories: usize,
        /// Genes according to the first row.
        genes: usize,
    },
    /// A row has more or fewer fields than the others.
    #[error("{}, row {row}: {found} fields, expected {expected}; {}", path.display(), of_width(*found, *expected))]
    Ragged {
        /// The file.
        path: PathBuf,
        /// The row.
        row: usize,
        /// Its fields.
        found: usize,
        /// The fields of the rows above it.
        expected: usize,
    },
    /// The gene rows of a trajectory are longer than its time row.
    #[error(
        "{}, row {row}: {times} times, but the gene rows of trajectory {trajectory} have {values} values. If cells share a pseudotime \
         and it was written once, their values are sorted gene by gene and the cells cannot be told apart: read with Ties::Mean to put \
         their mean in their place, or write the file again from the cells. Otherwise add the missing time", path.display()
    )]
    TimeRowShort {
        /// The file.
        path: PathBuf,
        /// The time row.
        row: usize,
        /// Trajectory, counted from 1.
        trajectory: usize,
        /// Entries of the time row.
        times: usize,
        /// Entries of the longest gene row.
        values: usize,
    },
    /// `Ties::Mean` was asked for, but the data do not tell which points are tied.
    #[error(
        "{}, row {row}: trajectory {trajectory} lacks {ties} times, but {candidates} neighbouring points could be the tied ones \
         (tied cells rise in every gene at once); write the file again from the cells, with every time", path.display()
    )]
    TieNotLocated {
        /// The file.
        path: PathBuf,
        /// The time row.
        row: usize,
        /// Trajectory, counted from 1.
        trajectory: usize,
        /// Times that are missing.
        ties: usize,
        /// Pairs of neighbours that look tied.
        candidates: usize,
    },
    /// A gene has a value at a point that has no time.
    #[error(
        "{place}: a value beyond the {times} times of this trajectory; remove it, or add its time to the time row"
    )]
    BeyondTimes {
        /// Where.
        place: Place,
        /// Entries of the time row.
        times: usize,
    },
    /// A name is missing.
    #[error("{place}: the name of the {what} is missing")]
    NameMissing {
        /// Where.
        place: Place,
        /// `gene` or `trajectory`.
        what: &'static str,
    },
    /// A tidy file gives one value twice.
    #[error(
        "{}, rows {first} and {second}: both give gene `{gene}` of trajectory `{trajectory}` at time {time}; \
         remove one, or give their mean if two cells share a pseudotime", path.display()
    )]
    DuplicateValue {
        /// The file.
        path: PathBuf,
        /// The first row.
        first: usize,
        /// The row that repeats it.
        second: usize,
        /// The trajectory.
        trajectory: String,
        /// The time.
        time: f64,
        /// The gene.
        gene: Box<str>,
    },
    /// A tidy file names a gene that is not in the given list.
    #[error(
        "{place}: not in the list of genes; add it there, or read without a list and take a subset"
    )]
    UnknownGene {
        /// Where.
        place: Place,
    },
    /// A gene of the given list has no row in the file.
    #[error("{}: no row for gene `{gene}` of the list; remove it from the list, or give its values", path.display())]
    AbsentGene {
        /// The file.
        path: PathBuf,
        /// The gene.
        gene: String,
    },
    /// A list of gene names holds a name twice.
    #[error("{}, rows {first} and {second}: gene `{name}` stands twice; gene names must be unique (`_input` at their end is not part of them)", path.display())]
    ListedTwice {
        /// The file.
        path: PathBuf,
        /// The name.
        name: String,
        /// Where it stands first.
        first: usize,
        /// Where it stands again.
        second: usize,
    },
    /// A row of a table repeats the name of an earlier one.
    #[error("{}, rows {first} and {second}: {what} `{name}` stands twice; every {what} has one row", path.display())]
    RowTwice {
        /// The file.
        path: PathBuf,
        /// What the rows stand for.
        what: &'static str,
        /// The name.
        name: String,
        /// Where it stands first.
        first: usize,
        /// Where it stands again.
        second: usize,
    },
    /// Two columns of a table have one name.
    #[error("{}, row 1: columns {first} and {second} are both called `{name}`; give every column a name of its own, or leave one out", path.display())]
    ColumnTwice {
        /// The file.
        path: PathBuf,
        /// The name.
        name: String,
        /// The first, counted from 1.
        first: usize,
        /// The second, counted from 1.
        second: usize,
    },
    /// Two files of a pair have no cell in common.
    #[error(
        "{} and {} have no cell in common: the first holds one row a gene and one column a cell (`{column}`, …), the second one row a cell \
         (`{row}`, …); is one of them transposed, or are they exchanged?", expression.display(), pseudotime.display()
    )]
    NoCommonCell {
        /// The file of genes × cells.
        expression: PathBuf,
        /// The file of cells × lineages.
        pseudotime: PathBuf,
        /// The first column of the one.
        column: String,
        /// The first row of the other.
        row: String,
    },
    /// One file of a pair lacks a cell of the other.
    #[error("{}: no cell `{cell}`, which the other file has; both files must name the same cells", path.display())]
    AbsentCell {
        /// The file that lacks it.
        path: PathBuf,
        /// The cell.
        cell: String,
    },
    /// Cells that all stand at one pseudotime.
    #[error(
        "lineage `{name}`: its {cells} cells have fewer than two different pseudotimes, which makes no trajectory; leave the lineage out, or check the column of pseudotimes"
    )]
    OnePseudotime {
        /// The lineage.
        name: String,
        /// Cells with a pseudotime.
        cells: usize,
    },
    /// Cells are to be averaged into too few points.
    #[error("{points} points asked for; a trajectory needs at least two")]
    TooFewPoints {
        /// Points asked for.
        points: usize,
    },
    /// The rows of a file make a trajectory that is not valid.
    #[error("{}, row {row}: {cause}", path.display())]
    InFile {
        /// The file.
        path: PathBuf,
        /// The row of times.
        row: usize,
        /// What is wrong.
        #[source]
        cause: Box<DataError>,
    },
    /// A table of cells is too short to be made a trajectory as the published files were.
    #[error(
        "{found} cells, but {needed} are needed: the first 10 and the last 20 rows are left out, and a trajectory has two points or more"
    )]
    TooFewCells {
        /// Cells there are.
        found: usize,
        /// Cells needed.
        needed: usize,
    },
    /// There is nothing of a kind of which at least one is needed.
    #[error("no {what}; a time series needs at least one")]
    None {
        /// `gene`, `trajectory` or `point`.
        what: &'static str,
    },
    /// A name is empty or has blanks around it.
    #[error("{what} {number} is called `{name}`; give it a name without blanks around it")]
    BadName {
        /// `gene` or `trajectory`.
        what: &'static str,
        /// Which, counted from 1.
        number: usize,
        /// Its name.
        name: String,
    },
    /// Two genes, or two trajectories, have one name.
    #[error(
        "{what} {first} and {second} are both called `{name}`; give every {what} a name of its own"
    )]
    SameName {
        /// `gene` or `trajectory`.
        what: &'static str,
        /// The name.
        name: String,
        /// The first, counted from 1.
        first: usize,
        /// The second, counted from 1.
        second: usize,
    },
    /// The values of a trajectory are not times × genes.
    #[error(
        "trajectory `{name}`: the values are {rows} × {columns}, expected {times} times × {genes} genes"
    )]
    Shape {
        /// The trajectory.
        name: String,
        /// Rows of the values.
        rows: usize,
        /// Columns of the values.
        columns: usize,
        /// Number of times.
        times: usize,
        /// Number of genes.
        genes: usize,
    },
    /// A time is NaN or infinite.
    #[error("trajectory `{name}`: the time of point {point} is {time}; times must be finite")]
    InfiniteTime {
        /// The trajectory.
        name: String,
        /// The point, counted from 1.
        point: usize,
        /// Its time.
        time: f64,
    },
    /// Two points have one time.
    #[error(
        "trajectory `{name}`: points {first} and {second} have the same time {time}; \
         keep one of them or take their mean (Ties::Mean where a published file is read)"
    )]
    SameTime {
        /// The trajectory.
        name: String,
        /// The first point, counted from 1.
        first: usize,
        /// The second point, counted from 1.
        second: usize,
        /// Their time.
        time: f64,
    },
    /// Time goes backwards.
    #[error(
        "trajectory `{name}`: time falls from {before} at point {first} to {after} at point {second}; sort the points by time"
    )]
    DecreasingTime {
        /// The trajectory.
        name: String,
        /// The first point, counted from 1.
        first: usize,
        /// The second point, counted from 1.
        second: usize,
        /// Time of the first.
        before: f64,
        /// Time of the second.
        after: f64,
    },
    /// A value is infinite.
    #[error(
        "trajectory `{name}`, point {point}, gene `{gene}`: the value is {value}; make it finite, or NaN if it is missing"
    )]
    InfiniteValue {
        /// The trajectory.
        name: String,
        /// The point, counted from 1.
        point: usize,
        /// The gene.
        gene: String,
        /// The value.
        value: f64,
    },
    /// An index beyond the trajectories there are.
    #[error(
        "there is no trajectory with index {index}: the series has {count} (the first has index 0)"
    )]
    NoSuchTrajectory {
        /// The index.
        index: usize,
        /// Number of trajectories.
        count: usize,
    },
    /// A block of points that does not lie within its trajectory.
    #[error(
        "points {start}..{end} of trajectory `{name}` cannot be held out of its {count}; the block must not be empty nor take them all"
    )]
    BadBlock {
        /// The trajectory.
        name: String,
        /// First point of the block, from 0.
        start: usize,
        /// One past the last point of the block.
        end: usize,
        /// Number of points.
        count: usize,
    },
    /// A gene without regulators changes over time.
    #[error(
        "gene `{gene}` is marked as an input but changes in trajectory `{trajectory}`; \
         the gene names may belong to another data set or stand in another order"
    )]
    InputVaries {
        /// The gene.
        gene: String,
        /// The first trajectory in which it changes.
        trajectory: String,
    },
}

/// How to mend a row with too few fields, or too many.
fn of_width(found: usize, expected: usize) -> &'static str {
    if found < expected {
        "fill short rows up with empty fields"
    } else {
        "quote text that holds the delimiter, and write decimals with a point"
    }
}
