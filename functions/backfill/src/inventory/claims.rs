//! What is known of an entity once all its calls were made: a claim, from the evidence. Pure.

use jiff::Timestamp;
use lake::claim::evidence::{Evidence, Read};
use lake::claim::reason::{Cause, Reason};
use lake::claim::{Claim, Unread as UnreadClaim, UnreadCause};

use crate::inventory::entity::{Entity, Partitioning};
use crate::inventory::state::EntityProgress;

/// Returns what is known of an entity whose calls were all made. `incomplete` are the entities that it depends on and
/// that are not complete themselves.
pub(crate) fn claim(entity: &Entity, progress: &EntityProgress, incomplete: &[&str], at: Timestamp) -> Claim {
    if let Some(unread) = nothing_was_read(progress) {
        return unread;
    }
    let evidence = evidence(entity, progress, at);
    let required = if progress.reads.is_empty() { 1 } else { evidence.independent_reads() };
    let mut claim = Claim::of(evidence, required);
    if let Claim::Partial(partial) = &mut claim {
        // The evidence knows how many were not read; the progress also knows why.
        partial.reasons.retain(|reason| reason.cause != Cause::Failed);
        partial.reasons.extend(progress.unread.keys().map(|cause| reason(progress, *cause)));
    }
    if progress.conflicts > 0 {
        let what = "Okta gave one id to records whose content differs";
        claim = claim.because(Reason::new(Cause::Contradiction, progress.conflicts).what(what));
    }
    incomplete.iter().fold(claim, |claim, other| {
        let what = format!("it depends on {other}, which is not complete");
        claim.because(Reason::new(Cause::Skipped, 0).what(what).remedy(format!("see {other}")))
    })
}

/// Returns the claim of an entity of which nothing was asked, or could be.
pub(crate) fn unread(why: UnreadCause, what: impl Into<String>, remedy: impl Into<String>) -> Claim {
    let reason = Reason::new(Cause::from(why), 0).what(what).remedy(remedy);
    Claim::Unread(UnreadClaim { why, reason: Some(reason) })
}

/// The claim, if every target was refused, or Okta found none of them.
fn nothing_was_read(progress: &EntityProgress) -> Option<Claim> {
    let refused = progress.targets_unread();
    let asked = progress.targets_done as u64;
    let without = refused + progress.gone + progress.not_offered.len() as u64;
    if without == 0 || without < asked || progress.accounts.api > 0 || progress.rows > 0 {
        return None;
    }
    if refused == 0 {
        let what = "Okta finds none of the parents that it has just listed";
        return Some(unread(UnreadCause::NotOffered, what, "nothing: the org does not offer it"));
    }
    // Not one cause for all is a failure: only what was refused everywhere is known to be denied or not offered.
    let mut causes = progress.unread.keys();
    let why = match (causes.next(), causes.next()) {
        (Some(Cause::Denied), None) => UnreadCause::Denied,
        (Some(Cause::NotOffered), None) => UnreadCause::NotOffered,
        _ => UnreadCause::Failed,
    };
    let first = progress.unread.keys().next().copied()?;
    Some(Claim::Unread(UnreadClaim { why, reason: Some(reason(progress, first)) }))
}

fn reason(progress: &EntityProgress, cause: Cause) -> Reason {
    let Some(unread) = progress.unread.get(&cause) else { return Reason::new(cause, 0) };
    Reason::new(cause, unread.count).what(unread.what.clone()).remedy(unread.remedy.clone())
}

fn evidence(entity: &Entity, progress: &EntityProgress, at: Timestamp) -> Evidence {
    let is_partitioned = !matches!(entity.partitioning, Partitioning::Once);
    let mut reads = progress.reads.clone();
    reads.push(read(entity, progress, at));
    Evidence {
        reads,
        accounts: progress.accounts,
        parents: if is_partitioned { progress.targets as u64 } else { 0 },
        parents_unread: progress.targets_unread(),
    }
}

/// Returns what the read that is under way amounts to.
pub(crate) fn read(entity: &Entity, progress: &EntityProgress, at: Timestamp) -> Read {
    Read {
        at,
        page_size: page_size(entity, progress.reads.len()).unwrap_or_default(),
        since: None,
        until: None,
        pages: progress.pages,
        records: progress.accounts.api,
        // What was not read to a confirmed end is an unread target.
        is_end_confirmed: progress.targets_done >= progress.targets,
    }
}

/// How many records a page may have in the read after so many others: another number each time, so that Okta makes other
/// pages of the same records.
pub(crate) fn page_size(entity: &Entity, reads_before: usize) -> Option<u64> {
    let size = entity.page_size()?;
    Some(if reads_before == 0 { size } else { (size / 2 + 1).max(1) })
}

/// Whether an entity lost so many rows since its last complete collection that one read is not enough to believe it.
pub(crate) fn is_suspiciously_small(rows: u64, rows_before: u64) -> bool {
    rows.saturating_add((rows_before / 10).max(3)) < rows_before
}

#[cfg(test)]
mod tests {
    use lake::claim::Word;
    use lake::claim::evidence::Accounts;

    use super::*;
    use crate::inventory::state::Unread;
    use crate::inventory::table::find;

    fn progress(targets: usize, rows: u64) -> EntityProgress {
        let accounts = Accounts { api: rows, rows, ..Accounts::default() };
        EntityProgress { targets, targets_done: targets, rows, accounts, ..EntityProgress::default() }
    }

    fn refused(mut progress: EntityProgress, cause: Cause, count: u64) -> EntityProgress {
        let unread = Unread { count, what: "HTTP 400".to_owned(), remedy: "report it".to_owned() };
        progress.unread.insert(cause, unread);
        progress
    }

    fn claimed(progress: &EntityProgress) -> Claim {
        claim(find("user_factor").unwrap(), progress, &[], Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn one_refused_parent_makes_an_entity_partial() {
        assert_eq!(claimed(&progress(4, 9)).word(), Word::Complete);
        assert_eq!(claimed(&progress(4, 0)).word(), Word::Empty);
        assert_eq!(claimed(&progress(0, 0)).word(), Word::Empty, "there is nothing to ask for");
        for cause in [Cause::Failed, Cause::Denied, Cause::NotOffered, Cause::EndUnconfirmed, Cause::Contradiction] {
            let claim = claimed(&refused(progress(4, 9), cause, 2));
            let Claim::Partial(partial) = &claim else { panic!("{claim:?}") };
            assert_eq!((partial.parents_unread, claim.reasons()[0].cause, claim.reasons()[0].count), (2, cause, 2));
            // Also where the parents that were read have nothing.
            assert_eq!(claimed(&refused(progress(4, 0), cause, 2)).word(), Word::Partial);
        }
    }

    #[test]
    fn what_was_refused_everywhere_is_unread() {
        let why = |progress: &EntityProgress| match claimed(progress) {
            Claim::Unread(unread) => unread.why,
            other => panic!("{other:?}"),
        };
        assert_eq!(why(&refused(progress(4, 0), Cause::Denied, 4)), UnreadCause::Denied);
        assert_eq!(why(&refused(progress(4, 0), Cause::NotOffered, 4)), UnreadCause::NotOffered);
        let mixed = refused(refused(progress(4, 0), Cause::Denied, 3), Cause::Failed, 1);
        assert_eq!(why(&mixed), UnreadCause::Failed);
        let gone = EntityProgress { gone: 4, ..progress(4, 0) };
        assert_eq!(why(&gone), UnreadCause::NotOffered, "an org whose parents all vanish at once is not believed");
        assert_eq!(claimed(&EntityProgress { gone: 1, ..progress(4, 9) }).word(), Word::Complete);
    }

    #[test]
    fn quarantined_and_contradictory_records_make_it_partial() {
        let mut quarantined = progress(1, 0);
        quarantined.accounts = Accounts { api: 12, quarantined: 12, ..Accounts::default() };
        assert_eq!(claimed(&quarantined).word(), Word::Partial, "never empty");
        let conflicting = EntityProgress { conflicts: 1, ..progress(1, 3) };
        assert_eq!(claimed(&conflicting).word(), Word::Partial);
        let below = claim(find("user_factor").unwrap(), &progress(1, 3), &["user"], Timestamp::UNIX_EPOCH);
        assert_eq!(below.word(), Word::Partial);
    }

    #[test]
    fn a_large_loss_is_read_twice() {
        assert!(is_suspiciously_small(0, 4) && is_suspiciously_small(80, 100));
        assert!(!is_suspiciously_small(0, 3) && !is_suspiciously_small(95, 100) && !is_suspiciously_small(7, 5));
    }
}
