use crate::value::{Shape, Value, known};

/// An indicator over consecutive bars: for each component a column, as long as the bars.
#[derive(Debug, Clone)]
pub struct Series {
    shape: Shape,
    /// Bar by bar the components of each; NaN stands for null, and never leaves.
    numbers: Vec<f64>,
}

/// One component of a [`Series`].
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// The numbers from its first on; it owns each `width`-th.
    numbers: &'a [f64],
    width: usize,
}

impl Series {
    pub(crate) fn new(shape: Shape, numbers: Vec<f64>) -> Self {
        Self { shape, numbers }
    }

    /// Which components it has.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// How many bars it covers.
    pub fn len(&self) -> usize {
        self.numbers.len() / self.width()
    }

    /// Whether it covers no bar.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Its components with their names.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = (&'static str, Column<'_>)> {
        self.shape
            .names()
            .iter()
            .enumerate()
            .map(|(index, name)| (*name, self.column_at(index)))
    }

    /// The component of that name.
    pub fn column(&self, name: &str) -> Option<Column<'_>> {
        self.shape.index_of(name).map(|index| self.column_at(index))
    }

    /// What it says of the bar at `index`.
    pub fn get(&self, index: usize) -> Option<Value> {
        self.numbers
            .chunks_exact(self.width())
            .nth(index)
            .map(|numbers| Value::new(self.shape, numbers))
    }

    /// What it says of each bar, oldest first.
    pub fn values(&self) -> impl ExactSizeIterator<Item = Value> + DoubleEndedIterator {
        self.numbers
            .chunks_exact(self.width())
            .map(|numbers| Value::new(self.shape, numbers))
    }

    /// What it says of the newest bar.
    pub fn last(&self) -> Option<Value> {
        self.values().next_back()
    }

    fn width(&self) -> usize {
        self.shape.names().len()
    }

    fn column_at(&self, index: usize) -> Column<'_> {
        Column {
            numbers: self.numbers.get(index..).unwrap_or_default(),
            width: self.width(),
        }
    }
}

impl<'a> Column<'a> {
    /// How many bars it covers.
    pub fn len(&self) -> usize {
        self.numbers.len().div_ceil(self.width)
    }

    /// Whether it covers no bar.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// The number for the bar at `index`; `None` also behind the end.
    pub fn get(&self, index: usize) -> Option<f64> {
        self.numbers
            .get(index.checked_mul(self.width)?)
            .and_then(|number| known(*number))
    }

    /// All numbers, oldest first; `None` is a null.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<f64>> + DoubleEndedIterator + Clone + use<'a> {
        self.numbers.iter().step_by(self.width).map(|number| known(*number))
    }
}
