//! The assignment problem: which pairs of rows and columns to make so that the total gain is largest.
//!
//! # Source
//! The Hungarian method with row and column potentials, one shortest augmenting path per row, O(rows² x
//! columns): H. W. Kuhn 1955; R. Jonker, A. Volgenant, Computing 38 (1987), section 2.

/// Gains of all pairs, row by row; a pair with gain 0 or less is never made.
#[derive(Debug, Clone)]
pub(super) struct Gains {
    rows: usize,
    columns: usize,
    values: Vec<f64>,
}

impl Gains {
    /// Fills the table from a function of row and column; `None` forbids the pair.
    pub(super) fn from_fn(rows: usize, columns: usize, gain: impl Fn(usize, usize) -> Option<f32>) -> Self {
        let mut values = Vec::with_capacity(rows * columns);
        for row in 0..rows {
            for column in 0..columns {
                let value = gain(row, column).filter(|value| value.is_finite());
                values.push(value.map_or(0.0, |value| f64::from(value.max(0.0))));
            }
        }
        Self {
            rows,
            columns,
            values,
        }
    }

    fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.columns + column]
    }

    fn transposed(&self) -> Self {
        let mut values = Vec::with_capacity(self.values.len());
        for column in 0..self.columns {
            for row in 0..self.rows {
                values.push(self.at(row, column));
            }
        }
        Self {
            rows: self.columns,
            columns: self.rows,
            values,
        }
    }
}

/// The pairs `(row, column)` with the largest total gain, by row; each row and column at most once.
pub(super) fn best_pairs(gains: &Gains) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = if gains.rows <= gains.columns {
        solve(gains)
    } else {
        let flipped = solve(&gains.transposed());
        flipped.into_iter().map(|(column, row)| (row, column)).collect()
    };
    pairs.retain(|&(row, column)| gains.at(row, column) > 0.0);
    pairs.sort_unstable();
    pairs
}

/// Assigns every row of a table that has no more rows than columns.
fn solve(gains: &Gains) -> Vec<(usize, usize)> {
    let mut state = Potentials::new(gains.rows, gains.columns);
    for row in 0..gains.rows {
        state.add_row(gains, row);
    }
    let owners = state.owner_of_column.iter().enumerate();
    owners
        .filter_map(|(column, owner)| owner.map(|row| (row, column)))
        .collect()
}

/// Dual variables and the partial assignment. Invariant: `-gain - of_row - of_column >= 0` for every pair and
/// `= 0` for every pair made, which is what makes the result optimal.
struct Potentials {
    of_row: Vec<f64>,
    of_column: Vec<f64>,
    owner_of_column: Vec<Option<usize>>,
}

impl Potentials {
    fn new(rows: usize, columns: usize) -> Self {
        Self {
            of_row: vec![0.0; rows],
            of_column: vec![0.0; columns],
            owner_of_column: vec![None; columns],
        }
    }

    /// Grows a shortest-path tree from `new_row` until it reaches a free column, then flips the path.
    fn add_row(&mut self, gains: &Gains, new_row: usize) {
        let columns = gains.columns;
        let mut slack = vec![f64::INFINITY; columns];
        let mut reached_from: Vec<Option<usize>> = vec![None; columns];
        let mut in_tree = vec![false; columns];
        let mut row = new_row;
        let mut last_column: Option<usize> = None;
        loop {
            let mut step = f64::INFINITY;
            let mut nearest = None;
            for column in (0..columns).filter(|&column| !in_tree[column]) {
                let reduced = -gains.at(row, column) - self.of_row[row] - self.of_column[column];
                if reduced < slack[column] {
                    slack[column] = reduced;
                    reached_from[column] = last_column;
                }
                if slack[column] < step {
                    step = slack[column];
                    nearest = Some(column);
                }
            }
            // With no more rows than columns a free column is always left to reach.
            let Some(column) = nearest else { return };
            self.shift(new_row, &in_tree, step);
            for (value, _) in slack.iter_mut().zip(&in_tree).filter(|(_, used)| !**used) {
                *value -= step;
            }
            in_tree[column] = true;
            last_column = Some(column);
            match self.owner_of_column[column] {
                Some(owner) => row = owner,
                None => break,
            }
        }
        self.flip(new_row, last_column, &reached_from);
    }

    fn shift(&mut self, new_row: usize, in_tree: &[bool], step: f64) {
        self.of_row[new_row] += step;
        for (column, _) in in_tree.iter().enumerate().filter(|(_, used)| **used) {
            self.of_column[column] -= step;
            if let Some(owner) = self.owner_of_column[column] {
                self.of_row[owner] += step;
            }
        }
    }

    fn flip(&mut self, new_row: usize, end: Option<usize>, reached_from: &[Option<usize>]) {
        let mut next = end;
        while let Some(column) = next {
            next = reached_from[column];
            self.owner_of_column[column] = next.map_or(Some(new_row), |before| self.owner_of_column[before]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn total(gains: &Gains, pairs: &[(usize, usize)]) -> f64 {
        pairs.iter().map(|&(row, column)| gains.at(row, column)).sum()
    }

    /// Tries everything: each row takes any free column or none.
    fn brute_force(gains: &Gains, row: usize, taken: &mut Vec<bool>) -> f64 {
        if row == gains.rows {
            return 0.0;
        }
        let mut best = brute_force(gains, row + 1, taken);
        for column in 0..gains.columns {
            if !taken[column] {
                taken[column] = true;
                best = best.max(gains.at(row, column) + brute_force(gains, row + 1, taken));
                taken[column] = false;
            }
        }
        best
    }

    #[test]
    fn greedy_would_be_wrong_by_hand() {
        // Greedy takes 0.9 and is left with 0.1 (1.0); the best is 0.8 + 0.7 (1.5).
        let table = [[0.9, 0.8], [0.7, 0.1]];
        let gains = Gains::from_fn(2, 2, |row, column| Some(table[row][column]));
        assert_eq!(best_pairs(&gains), [(0, 1), (1, 0)]);
    }

    #[test]
    fn forbidden_pairs_are_never_made() {
        let gains = Gains::from_fn(2, 1, |row, _| if row == 0 { None } else { Some(f32::NAN) });
        assert!(best_pairs(&gains).is_empty());
        assert!(best_pairs(&Gains::from_fn(0, 3, |_, _| Some(1.0))).is_empty());
        assert!(best_pairs(&Gains::from_fn(3, 0, |_, _| Some(1.0))).is_empty());
    }

    fn tables() -> impl Strategy<Value = Gains> {
        (0usize..6, 0usize..6).prop_flat_map(|(rows, columns)| {
            prop::collection::vec(prop::option::weighted(0.7, 0.0f32..1.0), rows * columns)
                .prop_map(move |cells| Gains::from_fn(rows, columns, |r, c| cells[r * columns + c]))
        })
    }

    proptest! {
        #[test]
        fn equals_brute_force(gains in tables()) {
            let pairs = best_pairs(&gains);
            let best = brute_force(&gains, 0, &mut vec![false; gains.columns]);
            prop_assert!((total(&gains, &pairs) - best).abs() < 1e-9);
            let mut rows: Vec<usize> = pairs.iter().map(|pair| pair.0).collect();
            let mut columns: Vec<usize> = pairs.iter().map(|pair| pair.1).collect();
            rows.dedup();
            columns.sort_unstable();
            columns.dedup();
            prop_assert_eq!(rows.len(), pairs.len());
            prop_assert_eq!(columns.len(), pairs.len());
        }
    }
}
