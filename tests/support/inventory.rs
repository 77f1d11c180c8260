//! The inventory as a reader of the lake sees it: read from the files, with none of the product's code.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use okta::{AllowedHosts, Client, Options, SecretString, Share};
use serde_json::Value;

use crate::support::{Collector, rows};

/// The rows of an entity in a manifest's snapshot, by id.
pub(crate) fn rows(lake: &Path, manifest: &Value, entity: &str) -> BTreeMap<String, Value> {
    let snapshot = manifest["snapshot"].as_str().unwrap();
    let folder = lake.join(format!("inventory/entity={entity}/tenant=acme/snapshot={snapshot}"));
    let mut found = BTreeMap::new();
    for row in rows::all(&folder) {
        let id = row["id"].as_str().unwrap().to_owned();
        assert!(found.insert(id, row).is_none(), "an id is there twice");
    }
    found
}

/// Every change of an entity, in the order of the snapshots.
pub(crate) fn changes(lake: &Path, entity: &str) -> Vec<Value> {
    rows::all(&lake.join(format!("changes/entity={entity}/tenant=acme")))
}

/// Every text in the lake, by the key of its object: of rows, cell by cell, and of JSON objects as a whole.
pub(crate) fn texts(lake: &Path) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for key in rows::keys(lake, "") {
        let path = lake.join(&key);
        if key.ends_with(".parquet") {
            texts.extend(rows::file(&path).into_iter().map(|row| (key.clone(), row.to_string())));
        } else {
            texts.push((key, String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned()));
        }
    }
    texts
}

/// The org's API, asked directly.
pub(crate) struct Api(Client);

impl Api {
    pub(crate) async fn new(collector: &Collector) -> Self {
        let secret: Arc<SecretString> = Arc::new(collector.simulator.secret("token").unwrap().into());
        let allowed_hosts = AllowedHosts { custom_domains: vec![], loopback: true };
        let options = Options {
            allowed_hosts,
            share: Share::new(100, 10).unwrap(),
            clock: collector.clock.clone(),
            ..Options::default()
        };
        Self(Client::new(secret, options).await.unwrap())
    }

    /// The ids of a listing.
    pub(crate) async fn ids(&self, path: &str) -> Vec<String> {
        let url = format!("{}{path}", self.0.org().url().as_str().trim_end_matches('/'));
        let mut pages = okta::Pages::new(&self.0, okta::List::new(self.0.resume(&url).unwrap(), okta::Shape::Any));
        let mut ids = Vec::new();
        while let Some(page) = pages.next().await.unwrap() {
            let body: Value = page.value().unwrap();
            let list = body.as_array().or_else(|| body.as_object()?.values().find_map(Value::as_array)).unwrap();
            ids.extend(list.iter().map(|object| object["id"].as_str().unwrap().to_owned()));
        }
        ids
    }

    /// One object, if it is there.
    pub(crate) async fn object(&self, path: &str) -> Option<Value> {
        let page = self.0.get(&self.0.url(path, &[]).unwrap()).await.ok()?;
        Some(page.value().unwrap())
    }
}
