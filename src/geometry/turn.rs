//! Turning and mirroring a picture on the screen.

use super::EdgeLetters;

/// One of the eight ways to lay a picture on a screen: its own axes are mirrored first, then swapped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Turn {
    /// Along the columns: the picture's left and right change places.
    pub mirror_x: bool,
    /// Along the rows: the picture's top and bottom change places.
    pub mirror_y: bool,
    /// The picture's rows run across the screen.
    pub transposed: bool,
}

impl Turn {
    /// A quarter to the right.
    pub fn clockwise(self) -> Self {
        Self { transposed: !self.transposed, ..self }.flipped_across()
    }

    /// A quarter to the left.
    pub fn counter_clockwise(self) -> Self {
        Self { transposed: !self.transposed, ..self }.flipped_down()
    }

    /// Left and right of the screen change places.
    pub fn flipped_across(self) -> Self {
        if self.transposed {
            Self { mirror_y: !self.mirror_y, ..self }
        } else {
            Self { mirror_x: !self.mirror_x, ..self }
        }
    }

    /// Top and bottom of the screen change places.
    pub fn flipped_down(self) -> Self {
        if self.transposed {
            Self { mirror_x: !self.mirror_x, ..self }
        } else {
            Self { mirror_y: !self.mirror_y, ..self }
        }
    }

    /// True where letters on the picture would read backwards.
    pub fn is_mirrored(self) -> bool {
        self.mirror_x ^ self.mirror_y ^ self.transposed
    }

    /// Degrees to the right, after mirroring left and right where it is mirrored: 0, 90, 180 or 270.
    pub fn degrees(self) -> u16 {
        let start = if self.is_mirrored() { Self::default().flipped_across() } else { Self::default() };
        let turned = std::iter::successors(Some((0, start)), |(degrees, turn)| Some((degrees + 90, turn.clockwise())));
        turned.take(4).find(|(_, turn)| *turn == self).map_or(0, |(degrees, _)| degrees)
    }

    /// A pair along the picture's columns and rows as it lies across and down the screen, or the way back.
    pub fn swapped<T>(self, (across, down): (T, T)) -> (T, T) {
        if self.transposed { (down, across) } else { (across, down) }
    }

    /// The letters at the edges of the screen.
    pub fn edges(self, picture: &EdgeLetters) -> EdgeLetters {
        let EdgeLetters { left, right, top, bottom } = picture.clone();
        let across = if self.mirror_x { (right, left) } else { (left, right) };
        let down = if self.mirror_y { (bottom, top) } else { (top, bottom) };
        let ((left, right), (top, bottom)) = self.swapped((across, down));
        EdgeLetters { left, right, top, bottom }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Left, top, right, bottom.
    fn edges(turn: Turn) -> String {
        let [left, top, right, bottom] = ["R", "A", "L", "P"].map(str::to_owned);
        let EdgeLetters { left, top, right, bottom } = turn.edges(&EdgeLetters { left, right, top, bottom });
        [left, top, right, bottom].concat()
    }

    #[test]
    fn the_letters_go_round_with_the_picture() {
        let upright = Turn::default();
        assert_eq!(edges(upright), "RALP");
        assert_eq!(edges(upright.clockwise()), "PRAL");
        assert_eq!(edges(upright.counter_clockwise()), "ALPR");
        assert_eq!(edges(upright.flipped_across()), "LARP");
        assert_eq!(edges(upright.flipped_down()), "RPLA");
        // What is done to a turned picture is done to the screen, not to the picture's own axes.
        assert_eq!(edges(upright.clockwise().flipped_across()), "ARPL");
        assert_eq!(edges(upright.clockwise().flipped_down()), "PLAR");
    }

    #[test]
    fn turns_add_up() {
        for start in [Turn::default(), Turn::default().flipped_down()] {
            let four = (0..4).fold(start, |turn, _| turn.clockwise());
            assert_eq!(four, start);
            assert_eq!(start.clockwise().counter_clockwise(), start);
            assert_eq!(start.clockwise().clockwise(), start.flipped_across().flipped_down());
        }
        let turned = Turn::default().clockwise().clockwise().clockwise();
        assert_eq!((turned.degrees(), turned.is_mirrored()), (270, false));
        let mirrored = Turn::default().flipped_down();
        assert_eq!((mirrored.degrees(), mirrored.is_mirrored()), (180, true));
    }
}
