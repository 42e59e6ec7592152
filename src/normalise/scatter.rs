//! Hashes in shards: what belongs together lies in one shard, so that shards are worked through side by side, each in tables
//! that fit the processor's caches (a radix partition; Balkesen et al., "Main-memory hash joins on multi-core CPUs", 2013).

/// Number of shards.
pub(super) const SHARDS: usize = 128;

/// The shard of a hash: by bits that hash tables look at neither for the place nor for the tag of an entry.
pub(super) const fn shard_of(hash: u64) -> usize {
    (hash >> 40) as usize % SHARDS
}

/// Hashes of one stretch, each with what it is of; those of a shard stand together, in the order in which they came.
#[derive(Debug)]
pub(super) struct Scattered<T> {
    entries: Vec<(u64, T)>,
    /// Those of shard `s` stand from `starts[s]` to `starts[s + 1]`.
    starts: Vec<u32>,
}

impl<T: Copy> Scattered<T> {
    /// Scatters what one stretch holds.
    pub(super) fn of(found: &[(u64, T)]) -> Self {
        let mut starts = vec![0_u32; SHARDS + 1];
        for (hash, _) in found {
            starts[shard_of(*hash) + 1] += 1;
        }
        for shard in 0..SHARDS {
            starts[shard + 1] += starts[shard];
        }
        let mut next = starts.clone();
        let mut entries = found.to_vec();
        for entry in found {
            let place = &mut next[shard_of(entry.0)];
            entries[*place as usize] = *entry;
            *place += 1;
        }
        Self { entries, starts }
    }

    /// What one shard holds.
    pub(super) fn shard(&self, shard: usize) -> &[(u64, T)] {
        &self.entries[self.starts[shard] as usize..self.starts[shard + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_in_its_shard_in_order() {
        let found: Vec<(u64, u32)> =
            (0..5_000_u32).map(|n| (u64::from(n % 700).wrapping_mul(0x9E37_79B9_7F4A_7C15), n)).collect();
        let scattered = Scattered::of(&found);
        let mut all = 0;
        for shard in 0..SHARDS {
            let own: Vec<(u64, u32)> = found.iter().copied().filter(|(hash, _)| shard_of(*hash) == shard).collect();
            assert_eq!(scattered.shard(shard), own);
            all += own.len();
        }
        assert_eq!(all, found.len());
    }
}
