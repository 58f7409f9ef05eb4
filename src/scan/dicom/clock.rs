//! Dates and times (VR DA, TM, DT of PS3.5 section 6.2), as far as differences between them need.

use dicom_core::Tag;

use super::data_set::Values;

/// Seconds of a day.
pub(crate) const DAY_S: f64 = 86_400.0;

/// A moment on the scanner's clock. Offsets from UTC are dropped: one scanner writes one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Instant {
    /// Days since 1970-01-01; `None` where no date is said.
    pub day: Option<i64>,
    /// Of the day.
    pub seconds: f64,
}

impl Instant {
    /// By date where both say one, else by the time of day alone.
    pub fn is_after(&self, other: &Self) -> bool {
        match (self.day, other.day) {
            (Some(a), Some(b)) if a != b => a > b,
            _ => self.seconds > other.seconds,
        }
    }

    /// The moment `seconds` (also negative) later.
    pub fn later_by(&self, seconds: f64) -> Self {
        let total = self.seconds + seconds;
        let days = (total / DAY_S).floor();
        Self { day: self.day.map(|day| day.saturating_add(days as i64)), seconds: total - days * DAY_S }
    }
}

/// A date and a time attribute together; `None` without a time.
pub(crate) fn both(values: Values, date: Tag, time: Tag) -> Option<Instant> {
    let day = values.text(date).and_then(|text| self::date(&text));
    Some(Instant { day, ..time_of(values, time)? })
}

/// A time attribute without a date.
pub(crate) fn time_of(values: Values, tag: Tag) -> Option<Instant> {
    Some(Instant { day: None, seconds: time(&values.text(tag)?)? })
}

/// `YYYYMMDDHHMMSS.FFFFFF&ZZXX`; at least up to the hour.
pub(crate) fn date_time(text: &str) -> Option<Instant> {
    let text = text.trim();
    let (day, rest) = (date(text.get(..8)?)?, text.get(8..)?);
    let end = rest.find(['+', '-']).unwrap_or(rest.len());
    Some(Instant { day: Some(day), seconds: time(rest.get(..end)?)? })
}

/// `HH`, `HHMM`, `HHMMSS`, `HHMMSS.FFFFFF`, and the colons of the old standard: seconds of the day.
fn time(text: &str) -> Option<f64> {
    let plain: String = text.trim().chars().filter(|letter| *letter != ':').collect();
    let (whole, fraction) = plain.split_once('.').map_or((plain.as_str(), ""), |(whole, fraction)| (whole, fraction));
    if !matches!(whole.len(), 2 | 4 | 6) || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |at: usize| whole.get(at..at + 2).map_or(Some(0.0), |digits| digits.parse::<f64>().ok());
    let (hours, minutes, seconds) = (part(0)?, part(2)?, part(4)?);
    let fraction: f64 = if fraction.is_empty() { 0.0 } else { format!("0.{fraction}").parse().ok()? };
    (hours < 24.0 && minutes < 60.0 && seconds <= 60.0).then_some(hours * 3600.0 + minutes * 60.0 + seconds + fraction)
}

/// `YYYYMMDD`, and the full stops of the old standard: days since 1970-01-01 in the Gregorian calendar.
fn date(text: &str) -> Option<i64> {
    let plain: String = text.trim().chars().filter(|letter| *letter != '.').collect();
    if plain.len() != 8 || !plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| plain.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Years are counted from March, so that the leap day comes last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year * 365 + leaps + (153 * month + 2) / 5 + day - 1 - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_the_calendar_does() {
        // Python: (date(...) - date(1970, 1, 1)).days
        assert_eq!(date("19700101"), Some(0));
        assert_eq!(date("20000229"), Some(11_016));
        assert_eq!(date("2024.03.01"), Some(19_783));
        assert_eq!([date("20241301"), date("2024"), date("ANONYMIZ")], [None; 3]);
    }

    #[test]
    fn times_may_be_short_or_have_fractions() {
        assert_eq!(time("093005.250000"), Some(34_205.25));
        assert_eq!([time("09"), time("0930"), time("09:30:05")], [Some(32_400.0), Some(34_200.0), Some(34_205.0)]);
        assert_eq!([time("9"), time("2460"), time("250000"), time("")], [None; 4]);
    }

    #[test]
    fn moments_pass_midnight() {
        let moment = date_time("20240229235930.5+0900").unwrap();
        assert_eq!(moment, Instant { day: Some(19_782), seconds: 86_370.5 });
        assert_eq!(moment.later_by(30.0), Instant { day: Some(19_783), seconds: 0.5 });
        assert_eq!(moment.later_by(-86_400.0), Instant { day: Some(19_781), seconds: 86_370.5 });
        assert!(moment.later_by(30.0).is_after(&moment) && !moment.is_after(&moment));
    }
}
