//! The conditions of S3 requests: `If-Match` and `If-None-Match`, on reads and on writes.

use s3s::dto::{ETag, ETagCondition};
use s3s::{S3Result, s3_error};

use crate::object_store::Condition;

/// What a reader demands of an object's tag.
pub(crate) struct Demand {
    /// `If-Match`.
    pub(crate) matching: Option<ETagCondition>,
    /// `If-None-Match`.
    pub(crate) other_than: Option<ETagCondition>,
}

impl Demand {
    /// Checks an object's tag.
    pub(crate) fn check(&self, tag: &ETag) -> S3Result<()> {
        let is = |condition: &ETagCondition| condition.as_etag().is_none_or(|other| other.value() == tag.value());
        if !self.matching.as_ref().is_none_or(is) {
            return Err(s3_error!(PreconditionFailed));
        }
        if self.other_than.as_ref().is_some_and(is) {
            return Err(s3_error!(NotModified));
        }
        Ok(())
    }
}

/// What a write demands.
pub(crate) fn write_condition(matching: Option<ETagCondition>, absent: Option<ETagCondition>) -> S3Result<Condition> {
    match (matching, absent) {
        (None, None) => Ok(Condition::None),
        (None, Some(ETagCondition::Any)) => Ok(Condition::Absent),
        (Some(ETagCondition::Any), None) => Ok(Condition::Present),
        (Some(ETagCondition::ETag(tag)), None) => Ok(Condition::Tagged(tag.into_value())),
        // As S3: only `*` is known to `If-None-Match` on a write, and not both together.
        _ => Err(s3_error!(NotImplemented, "write with If-Match, or with If-None-Match: *")),
    }
}
