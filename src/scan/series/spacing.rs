//! What the positions of a series' slices say: the distance between slices, gaps, repetitions.

/// Slices closer than this are at one place.
pub const SAME_PLACE_MM: f64 = 1e-3;

/// Distances that differ by less than this share count as equal.
const UNIFORM_SHARE: f64 = 0.02;

#[derive(Debug, PartialEq)]
pub struct Spacing {
    /// The usual distance (median) between neighbouring places, mm; `None` with one place only.
    pub between_slices_mm: Option<f64>,
    pub remarks: Vec<String>,
}

impl Spacing {
    /// From positions along the slice normal, mm, ascending.
    pub fn of(depths_mm: &[f64]) -> Self {
        let gaps: Vec<f64> = depths_mm.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let repeated = gaps.iter().filter(|gap| **gap < SAME_PLACE_MM).count();
        let mut steps: Vec<f64> = gaps.into_iter().filter(|gap| *gap >= SAME_PLACE_MM).collect();
        steps.sort_by(f64::total_cmp);
        let mut remarks = Vec::new();
        if repeated > 0 {
            remarks.push(format!("Repeated positions: {repeated} of the slices lie where another slice lies."));
        }
        let Some(usual) = steps.get(steps.len() / 2).copied() else {
            return Self { between_slices_mm: None, remarks };
        };
        let tolerance = (usual * UNIFORM_SHARE).max(0.01);
        let missing: f64 = steps
            .iter()
            .map(|step| (step / usual).round())
            .zip(&steps)
            .filter(|(times, step)| *times >= 2.0 && (*step - times * usual).abs() <= times * tolerance)
            .map(|(times, _)| times - 1.0)
            .sum();
        if missing > 0.0 {
            remarks.push(format!("Missing slices: {missing}, judging by gaps of several times {usual:.2} mm."));
        } else if let (Some(least), Some(most)) = (steps.first(), steps.last())
            && most - least > tolerance
        {
            remarks.push(format!("The distance between slices varies from {least:.2} to {most:.2} mm."));
        }
        Self { between_slices_mm: Some(usual), remarks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_slices_need_no_remark() {
        let found = Spacing::of(&[-3.0, -1.0, 1.0, 3.001]);
        assert_eq!(found.remarks, [""; 0]);
        assert!((found.between_slices_mm.unwrap() - 2.0).abs() < 0.01);
    }

    #[test]
    fn gaps_repetitions_and_uneven_steps_are_said() {
        let said = |depths: &[f64]| Spacing::of(depths).remarks.join(" ");
        assert_eq!(said(&[0.0, 2.0, 4.0, 10.0, 12.0]), "Missing slices: 2, judging by gaps of several times 2.00 mm.");
        assert_eq!(said(&[0.0, 1.0, 2.3, 3.3]), "The distance between slices varies from 1.00 to 1.30 mm.");
        assert_eq!(said(&[0.0, 0.0, 1.0, 1.0]), "Repeated positions: 2 of the slices lie where another slice lies.");
        assert_eq!(Spacing::of(&[5.0, 5.0]).between_slices_mm, None);
        assert_eq!(Spacing::of(&[5.0]).between_slices_mm, None);
    }
}
