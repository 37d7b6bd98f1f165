//! The workspace as one immutable picture: files, names, who uses whom.

use crate::check::{Perhaps, Sink};
use crate::compile::Rulebase;
use crate::device::{DeviceFile, EntityDecl, ScopeDecl, Slot, Unit, device_file};
use crate::hir::{FileSummary, Origin, SourceMap, Tag};
use crate::value::{Type, Value};
use crate::view;
use crate::vocab::EntityId;
use dossier_base::{Diagnostic, FileId, Place, Sym, codes, spell};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::hash::Hash;
use std::sync::Arc;

/// A device file, resolved.
#[derive(Clone, Debug)]
pub struct ModelFile {
    /// Its id.
    pub id: FileId,
    /// What it says.
    pub summary: Arc<FileSummary>,
    /// Where.
    pub map: Arc<SourceMap>,
    /// What it declares.
    pub devices: Arc<DeviceFile>,
    /// What is wrong with its names and values.
    pub diagnostics: Vec<Diagnostic>,
}

impl ModelFile {
    /// Resolves a lowered file.
    pub fn new(id: FileId, summary: Arc<FileSummary>, map: Arc<SourceMap>, rules: &Rulebase) -> Self {
        let (devices, diagnostics) = {
            let place = |o: Origin| Place::new(o.file, map.range(o.tree, o.node));
            let mut sink = Sink::new(&place);
            let mut devices = device_file(summary.roots(id), rules, &mut sink);
            devices.lost = sink.lost().collect();
            devices.lost.sort_unstable();
            let diagnostics = if sink.diagnostics.is_empty() {
                Vec::new()
            } else {
                sink.finish(&perhaps(&summary, &devices), &rules.perhaps)
            };
            (devices, diagnostics)
        };
        Self { id, summary, map, devices: Arc::new(devices), diagnostics }
    }
}

/// What is perhaps declared in what could not be read of a device file.
fn perhaps(summary: &FileSummary, devices: &DeviceFile) -> Perhaps {
    let mut found = Perhaps::default();
    summary.errors(FileId(0)).for_each(|e| found.add(e));
    devices.lost.iter().for_each(|o| found.add(summary.node(*o)));
    found
}

/// Where a unit stands: its file, and its number there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct UnitId {
    /// The file.
    pub file: FileId,
    /// The number in it.
    pub number: usize,
}

/// Names to definitions and back to who uses them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WorkspaceIndex {
    /// Who declares a name; more than one is an error.
    pub definitions: FxHashMap<Sym, Vec<UnitId>>,
    /// Files that include a component of that name.
    pub users: FxHashMap<Sym, Vec<FileId>>,
}

impl WorkspaceIndex {
    /// Takes a file's names in.
    pub fn add(&mut self, file: &ModelFile) {
        for (number, unit) in file.devices.units.iter().enumerate() {
            let list = self.definitions.entry(unit.name).or_default();
            list.push(UnitId { file: file.id, number });
            list.sort();
            for (name, _) in &unit.includes {
                let users = self.users.entry(*name).or_default();
                if let Err(at) = users.binary_search(&file.id) {
                    users.insert(at, file.id);
                }
            }
        }
    }

    /// Takes a file's names out.
    pub fn remove(&mut self, file: &ModelFile) {
        for unit in &file.devices.units {
            if let Some(list) = self.definitions.get_mut(&unit.name) {
                list.retain(|u| u.file != file.id);
                if list.is_empty() {
                    self.definitions.remove(&unit.name);
                }
            }
            for (name, _) in &unit.includes {
                if let Some(list) = self.users.get_mut(name) {
                    list.retain(|f| *f != file.id);
                    if list.is_empty() {
                        self.users.remove(name);
                    }
                }
            }
        }
    }
}

/// The files that a file uses: the path as written, and the file or why it cannot be used.
pub type Uses = Vec<(Arc<str>, Origin, Result<FileId, String>)>;

/// An immutable picture of the workspace.
#[derive(Clone, Debug)]
pub struct Model {
    /// Vocabulary and law.
    pub rules: Arc<Rulebase>,
    /// Device files, in order of their ids.
    pub files: BTreeMap<FileId, Arc<ModelFile>>,
    /// What each uses.
    pub uses: FxHashMap<FileId, Arc<Uses>>,
    /// Names.
    pub index: Arc<WorkspaceIndex>,
}

impl Model {
    /// Builds a picture.
    pub fn new(
        rules: Arc<Rulebase>,
        files: BTreeMap<FileId, Arc<ModelFile>>,
        uses: FxHashMap<FileId, Arc<Uses>>,
    ) -> Self {
        let mut index = WorkspaceIndex::default();
        for file in files.values() {
            index.add(file);
        }
        Self { rules, files, uses, index: Arc::new(index) }
    }

    /// A unit.
    pub fn unit(&self, id: UnitId) -> Option<&Unit> {
        self.files.get(&id.file)?.devices.units.get(id.number)
    }

    /// All devices, by file.
    pub fn devices(&self) -> impl Iterator<Item = (UnitId, &Unit)> {
        self.files.values().flat_map(|f| {
            f.devices
                .units
                .iter()
                .enumerate()
                .filter(|(_, u)| u.is_device)
                .map(|(number, u)| (UnitId { file: f.id, number }, u))
        })
    }

    /// Where an origin stands, in a device file or a rulebook.
    pub fn place(&self, origin: Origin) -> Place {
        match self.files.get(&origin.file) {
            Some(f) => Place::new(origin.file, f.map.range(origin.tree, origin.node)),
            None => self.rules.place(origin),
        }
    }

    /// The component of a name that a file may include.
    fn component(&self, file: FileId, name: Sym) -> Option<UnitId> {
        let usable = |id: &&UnitId| {
            id.file == file
                || self.uses.get(&file).is_some_and(|u| u.iter().any(|(_, _, f)| *f == Ok(id.file)))
        };
        let found = self.index.definitions.get(&name)?.iter().find(usable).copied()?;
        self.unit(found).filter(|u| !u.is_device).map(|_| found)
    }

    /// The components that a unit includes, each once and before those that it includes itself: who includes another
    /// has the last word. Also whether one of them cannot be found: what the unit does not give is then unknown.
    pub fn components(&self, id: UnitId) -> (Vec<&Unit>, bool) {
        let mut missing = false;
        let mut inner = |here: UnitId| -> Vec<UnitId> {
            let Some(unit) = self.unit(here) else { return Vec::new() };
            missing |= self.files.get(&here.file).is_some_and(|f| f.devices.broken);
            let found = unit.includes.iter().map(|(name, _)| self.component(here.file, *name));
            let found: Vec<_> = found.collect();
            missing |= found.contains(&None) || unit.includes_broken;
            found.into_iter().flatten().collect()
        };
        let mut seen = FxHashSet::from_iter([id]);
        let mut done = Vec::new();
        let mut path = vec![(id, inner(id))];
        while let Some((here, left)) = path.last_mut() {
            match left.pop() {
                Some(next) if seen.insert(next) => path.push((next, inner(next))),
                Some(_) => {}
                None => {
                    done.push(*here);
                    path.pop();
                }
            }
        }
        // The unit itself was done last.
        done.pop();
        (done.into_iter().rev().filter_map(|c| self.unit(c)).collect(), missing)
    }

    /// What is wrong between declarations of a file and others: uses, includes, conflicts, references.
    pub fn link_diagnostics(&self, file: FileId) -> Vec<Diagnostic> {
        let Some(f) = self.files.get(&file) else { return Vec::new() };
        let place = |o: Origin| self.place(o);
        let mut sink = Sink::new(&place);
        for (path, origin, found) in self.uses.get(&file).into_iter().flat_map(|u| u.iter()) {
            if let Err(why) = found {
                let at = sink.place(*origin);
                sink.push(codes::use_not_found(at, path, why).subject(&**path));
            }
        }
        self.use_circles(file, &mut sink);
        for (number, unit) in f.devices.units.iter().enumerate() {
            let id = UnitId { file, number };
            self.unit_links(id, unit, &mut sink);
        }
        if sink.diagnostics.is_empty() {
            return sink.diagnostics;
        }
        let mut names = perhaps(&f.summary, &f.devices);
        for (_, _, used) in self.uses.get(&file).into_iter().flat_map(|u| u.iter()) {
            if let Some(used) = used.as_ref().ok().and_then(|u| self.files.get(u)) {
                names.extend(perhaps(&used.summary, &used.devices));
            }
        }
        sink.finish(&names, &self.rules.perhaps)
    }

    fn use_circles(&self, file: FileId, sink: &mut Sink<'_>) {
        // From each use of this file: does the file used come back here?
        for (path, origin, found) in self.uses.get(&file).into_iter().flat_map(|u| u.iter()) {
            let Ok(first) = found else { continue };
            let uses = |f: &FileId| -> Vec<(String, FileId)> {
                let list = self.uses.get(f).into_iter().flat_map(|u| u.iter());
                list.filter_map(|(path, _, used)| Some((format!("\"{path}\""), used.clone().ok()?))).collect()
            };
            // A circle is told once: in the first of its files.
            if let Some(route) = route(*first, &file, &uses, &mut FxHashSet::default())
                && route.iter().all(|(_, f)| file <= *f)
                && file <= *first
            {
                let names: Vec<String> =
                    std::iter::once(format!("\"{path}\"")).chain(route.into_iter().map(|r| r.0)).collect();
                let d = codes::circle(sink.place(*origin), "`use`", names.join(" → "));
                sink.push(d.subject(&**path).help("what both files need belongs into a third that both use"));
            }
        }
    }

    fn unit_links(&self, id: UnitId, unit: &Unit, sink: &mut Sink<'_>) {
        if let Some(list) = self.index.definitions.get(&unit.name)
            && list[0] != id
            && let Some(first) = self.unit(list[0])
        {
            let d = codes::device_twice(self.name_place(unit), unit.name)
                .subject(unit.name.as_str())
                .also(self.name_place(first), "first declared here");
            sink.push(d);
        }
        for (name, origin) in &unit.includes {
            if self.component(id.file, *name).is_some() {
                continue;
            }
            let known: Vec<&str> = self
                .index
                .definitions
                .iter()
                .filter(|(_, ids)| ids.iter().any(|i| self.unit(*i).is_some_and(|u| !u.is_device)))
                .map(|(n, _)| n.as_str())
                .collect();
            let at = sink.place(*origin);
            let d = codes::unknown_component(at, name).subject(name.as_str());
            let d = if known.contains(&name.as_str()) {
                d.help("another file declares it: `use` that file")
            } else {
                d.help_if(spell::did_you_mean(name.as_str(), known))
            };
            sink.push_unknown(d, "component");
        }
        let (components, _) = self.components(id);
        let included = |id: &UnitId| -> Vec<(String, UnitId)> {
            let list = self.unit(*id).into_iter().flat_map(|u| u.includes.iter());
            list.filter_map(|(name, _)| Some((format!("`{name}`"), self.component(id.file, *name)?)))
                .collect()
        };
        for (name, first) in included(&id) {
            // A circle is told once: at the first of its components.
            if let Some(route) = route(first, &id, &included, &mut FxHashSet::default())
                && route.iter().all(|(_, u)| id <= *u)
                && id <= first
            {
                let names: Vec<String> = [format!("`{}`", unit.name), name]
                    .into_iter()
                    .chain(route.into_iter().map(|r| r.0))
                    .collect();
                let d = codes::circle(self.name_place(unit), "`includes`", names.join(" → "));
                sink.push(
                    d.subject(unit.name.as_str())
                        .help("what both need belongs into a third that both include"),
                );
                break;
            }
        }
        for c in &components {
            for theirs in &c.scope.entities {
                let same = |e: &&EntityDecl| e.entity == theirs.entity && e.name == theirs.name;
                if let Some(own) = unit.scope.entities.iter().find(same) {
                    let kind = self.rules.vocab.entities[own.entity].name;
                    let d = codes::declared_twice(self.decl_place(own.origin), kind, own.name)
                        .subject(own.name.as_str())
                        .also(self.place(theirs.origin), format!("component `{}` declares it, too", c.name));
                    sink.push(d);
                }
            }
        }
        for c in view::conflicts(&self.rules, unit, &components) {
            let at = unit.includes.iter().find(|i| i.0 == c.components.1).or(unit.includes.first());
            let at = at.map_or_else(|| self.name_place(unit), |i| self.place(i.1));
            let d = codes::components_differ(at, c.components.0, c.components.1, c.name)
                .subject(c.name.as_str())
                .also(self.place(c.first), "one says this")
                .also(self.place(c.second), "the other this")
                .help(if c.is_entity {
                    "an entity is declared once; give one of the two another name"
                } else {
                    "the device settles it by declaring it itself"
                });
            sink.push(d);
        }
        self.references(unit, &components, sink);
    }

    /// Where a unit's name stands.
    pub fn name_place(&self, unit: &Unit) -> Place {
        let Some(f) = self.files.get(&unit.origin.file) else { return self.place(unit.origin) };
        let node = f.summary.node(unit.origin);
        node.name().map_or_else(|| self.place(unit.origin), |n| self.place(n.origin()))
    }

    /// Where a name stands in the value of a field, or the field.
    fn name_in(&self, field: Origin, name: Sym) -> Place {
        let value = self.files.get(&field.file).and_then(|f| f.summary.node(field).value());
        let found = value.and_then(|v| {
            std::iter::once(v).chain(v.children()).find(|n| n.tag() == Tag::Word && n.sym() == name)
        });
        self.place(found.map_or(field, |n| n.origin()))
    }

    /// Where the name that a declaration gives stands, or the declaration.
    fn decl_place(&self, decl: Origin) -> Place {
        let name = self.files.get(&decl.file).and_then(|f| f.summary.node(decl).name());
        self.place(name.map_or(decl, |n| n.origin()))
    }

    /// Names of evidence and entities that the view does not have.
    fn references(&self, unit: &Unit, components: &[&Unit], sink: &mut Sink<'_>) {
        let mut evidence: Vec<Sym> = unit.scope.evidence.iter().map(|e| e.name).collect();
        evidence.extend(components.iter().flat_map(|c| c.scope.evidence.iter().map(|e| e.name)));
        let mut entities: Vec<&EntityDecl> = unit.scope.entities.iter().collect();
        entities.extend(components.iter().flat_map(|c| c.scope.entities.iter()));
        self.scope_references(&unit.scope, &evidence, &entities, sink);
        for market in &unit.markets {
            let mut evidence = evidence.clone();
            evidence.extend(market.scope.evidence.iter().map(|e| e.name));
            for entity in &market.scope.entities {
                let of_kind = || entities.iter().copied().filter(|e| e.entity == entity.entity);
                self.extends(entity, of_kind().find(|e| e.name == entity.name), &mut of_kind(), sink);
            }
            for (kind, origin) in &market.scope.has_no {
                let holder = entities.iter().find(|e| e.entity == *kind);
                if let Some(first) = holder {
                    let name = self.rules.vocab.entities[*kind].name;
                    let d = codes::has_no_but_has(self.place(*origin), name)
                        .also(self.place(first.origin), "the device has this one");
                    sink.push(d);
                }
            }
            let mut all = entities.clone();
            all.extend(market.scope.entities.iter());
            self.scope_references(&market.scope, &evidence, &all, sink);
        }
    }

    /// What a market says more of an entity is of one that is there, unless it has a title.
    fn extends(
        &self,
        entity: &EntityDecl,
        there: Option<&EntityDecl>,
        known: &mut dyn Iterator<Item = &EntityDecl>,
        sink: &mut Sink<'_>,
    ) {
        match there {
            Some(there) => {
                for held in &entity.held {
                    let of_kind = || there.held.iter().filter(|e| e.entity == held.entity);
                    self.extends(held, of_kind().find(|e| e.name == held.name), &mut of_kind(), sink);
                }
            }
            None if entity.title.is_none() => {
                let kind = self.rules.vocab.entities[entity.entity].name;
                let known: Vec<&str> = known.map(|e| e.name.as_str()).collect();
                let at = self.decl_place(entity.origin);
                let near = spell::did_you_mean(entity.name.as_str(), known).unwrap_or_else(|| {
                    "declare it on the device, or give it a title if only this market has it".to_owned()
                });
                let d = codes::unknown_entity(at, kind, entity.name).subject(entity.name.as_str()).help(near);
                sink.push_unknown(d, kind.as_str());
            }
            None => {}
        }
    }

    fn scope_references(
        &self,
        scope: &ScopeDecl,
        evidence: &[Sym],
        entities: &[&EntityDecl],
        sink: &mut Sink<'_>,
    ) {
        let mut names: Vec<(Sym, Origin)> = Vec::new();
        names.extend(scope.controls.iter().flat_map(|c| c.evidence.iter().copied()));
        names.extend(scope.claims.iter().flat_map(|c| c.evidence.iter().copied()));
        for given in &scope.facts {
            if let Slot::Known(v) = &given.slot {
                self.refs(self.rules.vocab.facts[given.fact].ty, v, given.origin, entities, sink);
            }
        }
        for entity in &scope.entities {
            self.entity_references(entity, &mut names, entities, sink);
        }
        for (name, origin) in names {
            if !evidence.contains(&name) {
                let at = self.place(origin);
                let near = spell::did_you_mean(name.as_str(), evidence.iter().map(|e| e.as_str()))
                    .unwrap_or_else(|| {
                        format!("declare it: `evidence {name} \"evidence/{name}.pdf\" {{ kind … }}`")
                    });
                let d = codes::unknown_evidence(at, name).subject(name.as_str()).help(near);
                sink.push_unknown(d, "evidence");
            }
        }
    }

    fn entity_references(
        &self,
        entity: &EntityDecl,
        names: &mut Vec<(Sym, Origin)>,
        entities: &[&EntityDecl],
        sink: &mut Sink<'_>,
    ) {
        names.extend(entity.evidence.iter().flatten().copied());
        names.extend(entity.controls.iter().flat_map(|c| c.evidence.iter().copied()));
        names.extend(entity.claims.iter().flat_map(|c| c.evidence.iter().copied()));
        // What stands beside an entity inside the same other may be named too.
        let mut near: Vec<&EntityDecl> = entities.to_vec();
        near.extend(entity.held.iter());
        let fields = &self.rules.vocab.entities[entity.entity].fields;
        for (n, slot, origin) in &entity.fields {
            if let (Slot::Known(v), Some(def)) = (slot, fields.get(usize::from(*n))) {
                self.refs(def.ty, v, *origin, &near, sink);
            }
        }
        for held in &entity.held {
            self.entity_references(held, names, &near, sink);
        }
    }

    fn refs(&self, ty: Type, value: &Value, origin: Origin, entities: &[&EntityDecl], sink: &mut Sink<'_>) {
        let kind: EntityId = match ty {
            Type::Ref(e) | Type::RefSet(e) => e,
            _ => return,
        };
        let one;
        let names: &[Sym] = match value {
            Value::Name(n) => {
                one = [*n];
                &one
            }
            Value::Names(n) => n,
            _ => return,
        };
        for name in names {
            // Held entities may be named from anywhere below the one that holds them; any of the kind will do.
            let there = entities.iter().any(|e| named_within(e, kind, *name));
            if !there {
                let known = entities.iter().filter(|e| e.entity == kind).map(|e| e.name.as_str());
                let kind = self.rules.vocab.entities[kind].name;
                let at = self.name_in(origin, *name);
                let near = spell::did_you_mean(name.as_str(), known)
                    .unwrap_or_else(|| format!("declare it: `{kind} {name} {{ … }}`"));
                let d = codes::unknown_reference(at, kind, name).subject(name.as_str()).help(near);
                sink.push_unknown(d, kind.as_str());
            }
        }
    }
}

fn named_within(entity: &EntityDecl, kind: EntityId, name: Sym) -> bool {
    (entity.entity == kind && entity.name == name) || entity.held.iter().any(|h| named_within(h, kind, name))
}

/// The way from one thing to another, as names of the steps and where each leads, if there is one.
fn route<T: Copy + Eq + Hash>(
    from: T,
    to: &T,
    next: &dyn Fn(&T) -> Vec<(String, T)>,
    seen: &mut FxHashSet<T>,
) -> Option<Vec<(String, T)>> {
    if from == *to {
        return Some(Vec::new());
    }
    if !seen.insert(from) {
        return None;
    }
    for (name, step) in next(&from) {
        if let Some(mut rest) = route(step, to, next, seen) {
            rest.insert(0, (name, step));
            return Some(rest);
        }
    }
    None
}
