//! Invariant 6 and the protection rules, as tables.

use super::super::moderator::Link;
use super::*;

fn moderator(role: Role) -> Moderator {
    Moderator {
        name: "ana".into(),
        role,
        account: None,
        link: None,
        offboarded: false,
    }
}

fn linked(role: Role, rank: i64) -> Moderator {
    let link = Link {
        account: "1".into(),
        is_staff: true,
        barred: false,
        rank: Some(rank),
    };
    Moderator {
        link: Some(link),
        ..moderator(role)
    }
}

fn protected(rank: i64) -> TargetFacts {
    TargetFacts {
        protected: Some(Protection::Staff),
        rank: Some(rank),
        ..TargetFacts::default()
    }
}

#[test]
fn each_role_holds_what_the_one_before_it_holds() {
    let roles = RolePolicy::default();
    let target = TargetFacts::default();
    for permission in Permission::ALL {
        let holders: Vec<bool> = Role::ALL
            .into_iter()
            .map(|role| authorize(&moderator(role), permission, &target, &roles).is_ok())
            .collect();
        assert!(holders.is_sorted(), "{permission:?}: {holders:?}");
        assert_eq!(holders.last(), Some(&true), "{permission:?}");
    }
}

#[test]
fn the_configuration_can_move_a_permission() {
    let roles = RolePolicy::new([(Permission::Suspend, Role::Lead)].into());
    let denied = authorize(
        &moderator(Role::Moderator),
        Permission::Suspend,
        &TargetFacts::default(),
        &roles,
    );
    assert_eq!(
        denied,
        Err(Denied::Role {
            needed: Role::Lead,
            has: Role::Moderator
        })
    );
}

#[test]
fn nobody_acts_on_their_own_case_but_may_read_and_note() {
    let target = TargetFacts {
        own_case: true,
        ..TargetFacts::default()
    };
    let roles = RolePolicy::default();
    let lead = moderator(Role::Lead);
    assert_eq!(
        authorize(&lead, Permission::Limit, &target, &roles),
        Err(Denied::OwnCase)
    );
    assert!(authorize(&lead, Permission::Coordinate, &target, &roles).is_ok());
}

#[test]
fn protected_targets_need_a_lead_of_higher_rank_and_never_go_in_a_batch() {
    let roles = RolePolicy::default();
    let ok = |m: &Moderator, t: &TargetFacts| authorize(m, Permission::Suspend, t, &roles).is_ok();
    assert!(ok(&linked(Role::Lead, 100), &protected(10)));
    assert!(!ok(&linked(Role::Lead, 10), &protected(10)));
    assert!(!ok(&linked(Role::Moderator, 100), &protected(10)));
    assert!(!ok(&moderator(Role::Lead), &protected(10)));
    assert!(!ok(
        &linked(Role::Lead, 100),
        &TargetFacts {
            in_batch: true,
            ..protected(10)
        }
    ));
    let bot = TargetFacts {
        protected: Some(Protection::Bot),
        ..protected(0)
    };
    assert!(!ok(&linked(Role::Lead, 100), &bot));
}

#[test]
fn a_lost_link_or_offboarding_ends_every_grant() {
    let roles = RolePolicy::default();
    let target = TargetFacts::default();
    let mut lost = linked(Role::Lead, 100);
    lost.link.as_mut().unwrap().is_staff = false;
    let mut frozen = linked(Role::Lead, 100);
    frozen.link.as_mut().unwrap().barred = true;
    let gone = Moderator {
        offboarded: true,
        ..moderator(Role::Lead)
    };
    for permission in Permission::ALL {
        assert_eq!(
            authorize(&lost, permission, &target, &roles),
            Err(Denied::LinkLost)
        );
        assert_eq!(
            authorize(&frozen, permission, &target, &roles),
            Err(Denied::LinkLost)
        );
        assert_eq!(
            authorize(&gone, permission, &target, &roles),
            Err(Denied::Offboarded)
        );
    }
}

#[test]
fn a_permit_needs_lease_no_stop_the_right_and_no_dry_run() {
    let grant = || {
        authorize(
            &moderator(Role::Lead),
            Permission::Suspend,
            &TargetFacts::default(),
            &RolePolicy::default(),
        )
    };
    let free = || Standing {
        stopped: None,
        dry_run: false,
        holds_fence: true,
        grant: grant(),
    };
    assert_eq!(Permit::issue(free()).unwrap().moderator().as_str(), "ana");
    let lost = Standing {
        holds_fence: false,
        ..free()
    };
    assert_eq!(Permit::issue(lost).unwrap_err(), Withheld::FenceLost);
    let stopped = Standing {
        stopped: Some("all, by bo".into()),
        ..free()
    };
    assert_eq!(
        Permit::issue(stopped).unwrap_err(),
        Withheld::Stopped("all, by bo".into())
    );
    let dry = Standing {
        dry_run: true,
        ..free()
    };
    assert_eq!(Permit::issue(dry).unwrap_err(), Withheld::DryRun);
    let denied = Standing {
        grant: Err(Denied::Offboarded),
        ..free()
    };
    assert_eq!(
        Permit::issue(denied).unwrap_err(),
        Withheld::Denied(Denied::Offboarded)
    );
}
