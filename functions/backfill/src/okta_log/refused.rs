//! Whether Okta refuses a cursor.

use okta::{Disposition, Error};

/// Whether it is what was asked for that is refused, and not who asks or when. For a cursor that means: it is too old,
/// or not Okta's any more.
pub(crate) fn is_refused(error: &Error) -> bool {
    match error {
        Error::Api { .. } => matches!(error.disposition(), Disposition::Rejected | Disposition::NotFound),
        Error::Contradiction { .. } | Error::ForeignAddress { .. } | Error::BadPath(_) => true,
        _ => false,
    }
}
