/// Which numbers one value of an indicator has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// One number.
    Single,
    /// Bollinger bands: `upper`, `middle`, `lower`.
    Bands,
    /// MACD: `macd`, `signal`, `histogram`.
    Macd,
    /// Stochastic: `k`, `d`.
    Stochastic,
    /// Directional movement: `adx`, `plus_di`, `minus_di`.
    Directional,
}

impl Shape {
    /// The names of its components on the wire, in their order. A single number is named `value`, and stands bare on
    /// the wire.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::Single => &["value"],
            Self::Bands => &["upper", "middle", "lower"],
            Self::Macd => &["macd", "signal", "histogram"],
            Self::Stochastic => &["k", "d"],
            Self::Directional => &["adx", "plus_di", "minus_di"],
        }
    }

    /// Where a component stands in [`Shape::names`].
    pub fn index_of(self, name: &str) -> Option<usize> {
        self.names().iter().position(|known| *known == name)
    }

    /// Where the component stands that speaks for the whole when only one number can: the MACD line, `%K`, ADX, the
    /// middle band.
    pub fn leading(self) -> usize {
        if self == Self::Bands { 1 } else { 0 }
    }
}

/// What an indicator says of one bar. A component is `None` at warm-up and where it is undefined or unknown; never NaN.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Value {
    shape: Shape,
    components: [Option<f64>; 3],
}

impl Value {
    /// Every number that isn't finite is a null.
    #[inline]
    pub(crate) fn new(shape: Shape, numbers: &[f64]) -> Self {
        let mut components = [None; 3];
        for (component, number) in components.iter_mut().zip(numbers) {
            *component = known(*number);
        }
        Self { shape, components }
    }

    /// Which components it has.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The component of that name; `None` also where there is none of that name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.shape.index_of(name).and_then(|index| self.components[index])
    }

    /// The number of a [`Shape::Single`], and of the others the component that leads: see [`Shape::leading`].
    pub fn number(&self) -> Option<f64> {
        self.components[self.shape.leading()]
    }

    /// Its components with their names.
    pub fn components(&self) -> impl ExactSizeIterator<Item = (&'static str, Option<f64>)> {
        let components = self.components;
        self.shape
            .names()
            .iter()
            .enumerate()
            .map(move |(index, name)| (*name, components[index]))
    }

    /// Whether it says nothing at all.
    pub fn is_null(&self) -> bool {
        self.components.iter().all(Option::is_none)
    }
}

/// The streams write a null as NaN; this is where it ends. So does the negative zero, which JSON would show.
#[inline]
pub(crate) fn known(number: f64) -> Option<f64> {
    number.is_finite().then_some(number + 0.0)
}
