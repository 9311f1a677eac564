//! Which channels show a case. The room shows every case and is no channel.

use super::rules::Rules;
use crate::domain::case::CaseKind;
use crate::domain::{Case, ChannelName, Report};

/// The channels that `case` belongs in: those of the first route that fits, or every configured
/// channel where none does.
pub(super) fn channels(case: &Case, reports: &[Report], rules: &Rules) -> Vec<ChannelName> {
    let route = rules.routes.iter().find(|route| {
        let when = &route.when;
        let kind_fits = when.kind.is_none_or(|kind: CaseKind| kind == case.kind);
        let category_fits = when.category.is_empty()
            || reports
                .iter()
                .any(|report| when.category.contains(&report.category));
        let origin_fits = when.is_local.is_none_or(|local| {
            reports
                .first()
                .is_none_or(|report| report.target.is_local() == local)
        });
        kind_fits && category_fits && origin_fits
    });
    match route {
        Some(route) => route.to.clone(),
        None => rules.channels.clone(),
    }
}
