//! Which column is what: by the names that people and tools give them.

use super::rows::RawTable;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What the case is: a path, a file name, an id.
    Id,
    /// Frame of a volume, part of the id.
    Slice,
    Truth,
    Predicted,
    /// Patient, study, series: cases that belong together.
    Group,
    /// What went wrong with the case.
    Error,
}

impl Role {
    /// From the word of a command line.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    pub const ALL: [Self; 6] = [Self::Id, Self::Slice, Self::Truth, Self::Predicted, Self::Group, Self::Error];

    pub fn word(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Slice => "slice",
            Self::Truth => "truth",
            Self::Predicted => "predicted",
            Self::Group => "group",
            Self::Error => "error",
        }
    }

    /// Names in lower case without separators, the most telling first.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Id => &[
                "path",
                "filepath",
                "imagepath",
                "file",
                "filename",
                "filenames",
                "fname",
                "image",
                "imagefile",
                "imagename",
                "img",
                "imgpath",
                "imageid",
                "sopinstanceuid",
                "caseid",
                "sampleid",
                "case",
                "id",
                "uid",
                "name",
                "파일",
                "파일명",
                "경로",
                "영상",
            ],
            Self::Slice => &["slice", "sliceindex", "frame", "frameindex"],
            Self::Truth => &[
                "truth",
                "ytrue",
                "true",
                "truelabel",
                "trueclass",
                "groundtruth",
                "gt",
                "gtlabel",
                "reference",
                "referencelabel",
                "target",
                "targets",
                "actual",
                "label",
                "labels",
                "gold",
                "y",
                "class",
                "diagnosis",
                "정답",
                "실제",
                "라벨",
                "진단",
            ],
            Self::Predicted => &[
                "predicted",
                "prediction",
                "predictions",
                "pred",
                "preds",
                "ypred",
                "yhat",
                "predlabel",
                "predclass",
                "predictedlabel",
                "predictedclass",
                "labelpred",
                "classpred",
                "argmax",
                "output",
                "예측",
                "예측값",
            ],
            Self::Group => &[
                "patient",
                "patientid",
                "patientkey",
                "subject",
                "subjectid",
                "person",
                "participant",
                "participantid",
                "group",
                "groupid",
                "series",
                "seriesuid",
                "seriesinstanceuid",
                "study",
                "studyid",
                "studyuid",
                "studyinstanceuid",
                "환자",
                "환자번호",
            ],
            Self::Error => &["error"],
        }
    }
}

/// Lower case, letters and digits only.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Column of each role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    found: Vec<(Role, usize)>,
}

impl Columns {
    /// By the given names first, then by guess; the error names the columns that there are.
    pub(super) fn find(table: &RawTable, given: &[(Role, String)]) -> Result<Self, String> {
        let mut columns = Self::default();
        for (role, name) in given {
            let same =
                |exact: bool| table.header.iter().position(|h| if exact { h == name } else { plain(h) == plain(name) });
            let column = same(true)
                .or_else(|| same(false))
                .ok_or_else(|| format!("there is no column {name}; the columns are {}", table.header.join(", ")))?;
            columns.found.push((*role, column));
        }
        for role in Role::ALL {
            if columns.get(role).is_some() {
                continue;
            }
            let free = |column: &usize| !columns.found.iter().any(|(_, taken)| taken == column);
            let guess = role.names().iter().find_map(|name| {
                let found = table.header.iter().enumerate().filter(|(_, header)| plain(header) == *name);
                found.map(|(column, _)| column).find(free)
            });
            columns.found.extend(guess.map(|column| (role, column)));
        }
        Ok(columns)
    }

    pub(super) fn get(&self, role: Role) -> Option<usize> {
        self.found.iter().find(|(known, _)| *known == role).map(|(_, column)| *column)
    }

    pub(super) fn is_taken(&self, column: usize) -> bool {
        self.found.iter().any(|(_, taken)| *taken == column)
    }

    /// `truth = column "y_true"` for each role.
    pub(super) fn words(&self, table: &RawTable) -> Vec<(Role, String)> {
        let name = |column: &usize| table.header.get(*column).cloned().unwrap_or_default();
        self.found.iter().map(|(role, column)| (*role, name(column))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::table::rows::parse;

    fn roles(header: &str) -> Vec<(Role, String)> {
        let table = parse(format!("{header}\n{}\n", vec!["1"; header.split(',').count()].join(",")).into()).unwrap();
        Columns::find(&table, &[]).unwrap().words(&table)
    }

    #[test]
    fn habits_of_many_tools_are_known() {
        let role = |role, name: &str| (role, name.to_owned());
        assert_eq!(
            roles("path,slice,truth,predicted,score A,score B,error")[..4],
            [
                role(Role::Id, "path"),
                role(Role::Slice, "slice"),
                role(Role::Truth, "truth"),
                role(Role::Predicted, "predicted")
            ]
        );
        assert_eq!(roles("y_true,y_pred"), [role(Role::Truth, "y_true"), role(Role::Predicted, "y_pred")]);
        assert_eq!(
            roles("Filename,Label,Prediction"),
            [role(Role::Id, "Filename"), role(Role::Truth, "Label"), role(Role::Predicted, "Prediction")]
        );
        assert_eq!(
            roles("image_id,PatientID,target,pred"),
            [
                role(Role::Id, "image_id"),
                role(Role::Truth, "target"),
                role(Role::Predicted, "pred"),
                role(Role::Group, "PatientID")
            ]
        );
        assert_eq!(roles("파일,정답,예측").len(), 3);
    }

    #[test]
    fn a_named_column_wins_and_a_missing_one_is_said() {
        let table = parse(b"a,b,truth\n1,2,3\n".to_vec()).unwrap();
        let columns = Columns::find(&table, &[(Role::Truth, "B".to_owned())]).unwrap();
        assert_eq!(columns.get(Role::Truth), Some(1));
        let error = Columns::find(&table, &[(Role::Truth, "c".to_owned())]).unwrap_err();
        assert!(error.contains("the columns are a, b, truth"), "{error}");
    }
}
