//! The page over a store in memory.
