//! What stands at a place of a device file: declarations looked up by where they are.

use crate::explain::{FieldName, Premise};
use dossier_base::{Place, Sym};
use dossier_model::Model;
use dossier_model::date::Date;
use dossier_model::device::{Claim, ControlDecl, EntityDecl, EvidenceDecl, Given, ScopeDecl, State};
use dossier_model::hir::{NodeRef, Origin};

/// The node at a place, in a device file.
pub(crate) fn node(model: &Model, o: Origin) -> Option<NodeRef<'_>> {
    model.files.get(&o.file).map(|f| f.summary.node(o))
}

/// A declaration is pointed at by its name; what has none, as a whole.
pub(crate) fn name_place(model: &Model, o: Origin) -> Place {
    let name = node(model, o).and_then(NodeRef::name).map(NodeRef::origin);
    model.place(name.unwrap_or(o))
}

/// Where the first field stands that could not be read of a declaration; the declaration if that cannot be told.
pub(crate) fn broken_field(model: &Model, o: Origin, broken: &[Sym]) -> Origin {
    let field = |name: &Sym| node(model, o)?.items().find(|i| i.sym() == *name).map(NodeRef::origin);
    broken.iter().find_map(field).unwrap_or(o)
}

/// All scopes of a file.
fn scopes(model: &Model, o: Origin) -> impl Iterator<Item = &ScopeDecl> {
    let units = model.files.get(&o.file).into_iter().flat_map(|f| &f.devices.units);
    units.flat_map(|u| std::iter::once(&u.scope).chain(u.markets.iter().map(|m| &m.scope)))
}

/// Looks through entities and those inside them.
fn in_entities<'d, T>(
    list: &'d [EntityDecl],
    find: &dyn Fn(&'d EntityDecl) -> Option<&'d T>,
) -> Option<&'d T> {
    list.iter().find_map(|e| find(e).or_else(|| in_entities(&e.held, find)))
}

/// The fact given there.
pub(crate) fn fact(model: &Model, o: Origin) -> Option<&Given> {
    scopes(model, o).find_map(|s| s.facts.iter().find(|f| f.origin == o))
}

/// The control declared there.
pub(crate) fn control(model: &Model, o: Origin) -> Option<&ControlDecl> {
    scopes(model, o).find_map(|s| {
        let own = s.controls.iter().find(|c| c.origin == o);
        own.or_else(|| in_entities(&s.entities, &|e| e.controls.iter().find(|c| c.origin == o)))
    })
}

/// The claim made there.
pub(crate) fn claim(model: &Model, o: Origin) -> Option<&Claim> {
    scopes(model, o).find_map(|s| {
        let own = s.claims.iter().find(|c| c.origin == o);
        own.or_else(|| in_entities(&s.entities, &|e| e.claims.iter().find(|c| c.origin == o)))
    })
}

/// The evidence declared there.
pub(crate) fn evidence(model: &Model, o: Origin) -> Option<&EvidenceDecl> {
    scopes(model, o).find_map(|s| s.evidence.iter().find(|e| e.origin == o))
}

/// The same by where its file is named.
pub(crate) fn evidence_at(model: &Model, o: Origin) -> Option<&EvidenceDecl> {
    scopes(model, o).find_map(|s| s.evidence.iter().find(|e| e.path_origin.unwrap_or(e.origin) == o))
}

/// Where the field stands of which a premise tells, if it is a field that the language gives a meaning.
pub(crate) fn field_origin(model: &Model, premise: &Premise) -> Option<Origin> {
    let (name, decl) = match premise {
        Premise::ControlField(_, FieldName::BuiltIn(b), o)
        | Premise::EvidenceField(_, FieldName::BuiltIn(b), o) => (Sym::new(b.name()), o),
        _ => return None,
    };
    node(model, *decl)?.field(name).map(NodeRef::origin)
}

/// When what a premise rests on will be there, if it is planned.
pub(crate) fn due(model: &Model, premise: &Premise) -> Option<Date> {
    match premise {
        Premise::Control(_, o) | Premise::Evidence(_, _, o) => planned_at(model, *o),
        _ => None,
    }
}

/// When the control or evidence declared there will be there, if it is planned.
pub(crate) fn planned_at(model: &Model, o: Origin) -> Option<Date> {
    if let Some(d) = control(model, o) {
        return match d.state {
            State::Planned => d.due,
            State::Implemented => d.since,
            State::LeftOut | State::Broken => None,
        };
    }
    evidence(model, o).filter(|d| d.path.is_none() && d.url.is_none())?.due
}

/// Whether a declaration lacks the field without which it claims nothing; an error at it says so.
pub(crate) fn lacks_a_field(model: &Model, premise: &Premise) -> bool {
    match premise {
        Premise::Control(_, o) => control(model, *o).is_some_and(|d| match d.state {
            State::Planned => d.due.is_none(),
            State::LeftOut => d.because.is_none(),
            State::Implemented | State::Broken => false,
        }),
        Premise::Evidence(_, _, o) => evidence(model, *o)
            .is_some_and(|d| d.path.is_none() && d.url.is_none() && d.due.is_none() && d.broken.is_empty()),
        _ => false,
    }
}
