//! What our layer does beyond the paper, item by item, so that each can be priced.

/// An item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// The elements are shared at run time between queries, scores and values; softmax takes several scores in a cycle.
    SharedPes,
    /// Keys behind the token are not computed.
    CausalSkipping,
    /// Keys and values are made from the tokens on chip, head by head, and written to the cache once.
    KeysOnChip,
    /// LayerNorm, projection, residual and requantisation are fused, and the hidden activations stay on chip.
    Fusion,
    /// A step fetches and stores while it computes.
    DoubleBuffering,
    /// Rows of the second feed-forward matrix are not fetched where ReLU gave 0.
    SparseRows,
}

impl Item {
    /// Every item.
    pub const ALL: [Item; 6] = [
        Item::SharedPes,
        Item::CausalSkipping,
        Item::KeysOnChip,
        Item::Fusion,
        Item::DoubleBuffering,
        Item::SparseRows,
    ];

    fn bit(self) -> u8 {
        1 << self as u8
    }

    /// Name.
    pub fn name(self) -> &'static str {
        match self {
            Item::SharedPes => "shared elements",
            Item::CausalSkipping => "causal skipping",
            Item::KeysOnChip => "keys and values on chip",
            Item::Fusion => "fusion",
            Item::DoubleBuffering => "double buffering",
            Item::SparseRows => "sparse rows",
        }
    }
}

/// A set of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Items(u8);

impl Items {
    /// No item.
    pub const NONE: Items = Items(0);

    /// Every item.
    pub fn all() -> Items {
        Item::ALL.into_iter().fold(Items::NONE, Items::with)
    }

    /// With an item.
    pub fn with(self, item: Item) -> Items {
        Items(self.0 | item.bit())
    }

    /// Without an item.
    pub fn without(self, item: Item) -> Items {
        Items(self.0 & !item.bit())
    }

    /// Whether it has an item.
    pub fn has(self, item: Item) -> bool {
        self.0 & item.bit() != 0
    }
}
