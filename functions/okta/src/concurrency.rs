//! How many calls may be under way at once: the configured number, fewer after the org has said "too many".

/// Halved by every refusal, one more after a full round of answers.
#[derive(Debug)]
pub(crate) struct Concurrency {
    most: usize,
    allowed: usize,
    answered: usize,
    under_way: usize,
}

impl Concurrency {
    pub(crate) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self { most, allowed: most, answered: 0, under_way: 0 }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.under_way >= self.allowed
    }

    pub(crate) fn start(&mut self) {
        self.under_way += 1;
    }

    pub(crate) fn finish(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
        self.answered += 1;
        if self.answered >= self.allowed {
            self.answered = 0;
            self.allowed = (self.allowed + 1).min(self.most);
        }
    }

    /// The org has refused a call because too many are under way.
    pub(crate) fn refused(&mut self) {
        self.allowed = (self.allowed / 2).max(1);
        self.answered = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_halves_and_answers_bring_back() {
        let mut concurrency = Concurrency::new(8);
        for _ in 0..5 {
            concurrency.refused();
        }
        assert_eq!(concurrency.allowed, 1);
        concurrency.start();
        assert!(concurrency.is_full());
        for _ in 0..100 {
            concurrency.start();
            concurrency.finish();
        }
        assert_eq!(concurrency.allowed, 8);
    }

    #[test]
    fn none_at_all_would_never_end() {
        assert!(!Concurrency::new(0).is_full());
    }
}
