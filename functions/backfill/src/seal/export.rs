//! What is sealed, into Security Lake. The memory has an outbox of hours: each is put in before it is sealed, and taken out
//! when Security Lake has every class of it. Whatever stops a run, the hour is written again, and replaces itself.

use std::collections::BTreeSet;
use std::pin::pin;
use std::time::Duration;

use jiff::Timestamp;
use lake::security_lake::{ClassFile, Splitter, source};
use lake::{Entry, Partition, WriteError, layout, stored};
use normalize::MAPPING_VERSION;
use normalize::ocsf::Class;

use crate::org::leased_state::Leased;
use crate::outputs::security_lake::SecurityLake;
use crate::seal::hour::Stop;
use crate::seal::report::ReconcileReport;
use crate::seal::run::{LEAST_LEFT, Turn, TurnError};
use crate::seal::state::Memory;

/// How often the lease is renewed while objects are written: a run that has lost it must not replace newer rows by older.
const RENEWED_EVERY: Duration = Duration::from_secs(15);

impl Memory {
    /// Puts an hour into the outbox, all of it; whether it was not there.
    fn announce(&mut self, hour: Timestamp) -> bool {
        self.outbox.as_mut().is_some_and(|outbox| outbox.insert(hour, BTreeSet::new()).is_none())
    }

    /// Takes an hour out again: it was not sealed after all.
    pub(super) fn withdraw(&mut self, hour: Timestamp) {
        self.keep_back(hour, &BTreeSet::new());
    }

    /// Notes what is lacking of an hour by now.
    fn keep_back(&mut self, hour: Timestamp, lacking: &BTreeSet<Class>) {
        let Some(outbox) = &mut self.outbox else { return };
        if lacking.is_empty() {
            outbox.remove(&hour);
        } else {
            outbox.insert(hour, lacking.iter().map(|class| class.uid()).collect());
        }
    }
}

impl Turn<'_> {
    /// Fills the outbox with every sealed hour when Security Lake is switched on, and forgets it when it is switched off:
    /// what is sealed from then on would be missing when it is switched on again.
    pub(super) async fn switch_exports(&self, leased: &mut Leased<'_, Memory>) -> Result<(), TurnError> {
        match (&self.function.security_lake, &leased.state.outbox) {
            (Some(_), None) => {
                let sealed = self.holdings().await?.sealed.into_iter();
                leased.state.outbox = Some(sealed.map(|hour| (hour, BTreeSet::new())).collect());
            }
            (None, Some(_)) => leased.state.outbox = None,
            _ => return Ok(()),
        }
        Ok(leased.keep().await?)
    }

    /// Remembers that an hour is about to be sealed, so that it cannot be forgotten; whether that is news.
    pub(super) async fn announce(&self, hour: Timestamp, leased: &mut Leased<'_, Memory>) -> Result<bool, TurnError> {
        let is_news = leased.state.announce(hour);
        if leased.state.outbox.is_some() {
            leased.keep().await?;
        }
        Ok(is_news)
    }

    /// Writes what is in the outbox. A class that is refused waits for the next run, and so does an hour that cannot be
    /// read; the others go on.
    pub(super) async fn export(
        &self,
        leased: &mut Leased<'_, Memory>,
        report: &mut ReconcileReport,
    ) -> Result<(), TurnError> {
        let Some(security_lake) = &self.function.security_lake else { return Ok(()) };
        let hours = leased.state.outbox.clone().unwrap_or_default();
        report.to_export = hours.len() as u64;
        let (mut refused, mut longest, mut is_of_use) = (BTreeSet::new(), LEAST_LEFT / 2, None);
        for (hour, lacking) in hours {
            let lacking = classes(&lacking);
            if lacking.is_subset(&refused) {
                continue;
            }
            let begun = self.function.clock.elapsed();
            if self.deadline.left() < longest * 2 {
                report.is_export_cut_short = is_of_use != Some(false);
                return Ok(());
            }
            let partition = Partition { tenant: self.tenant.clone(), hour };
            let still = match self.split(&partition, lacking.clone()).await {
                Ok(None) => BTreeSet::new(),
                Ok(Some(files)) => {
                    Box::pin(self.write(security_lake, &partition, files, &mut refused, leased, report)).await?
                }
                Err(TurnError::Hour(stop)) if stop.is_of_this_hour() => {
                    let what = format!("the hour {hour} is not in Security Lake: {}", lake::quarantine::reason(&stop));
                    report.problem(what, stop.remedy().to_owned());
                    lacking.clone()
                }
                Err(error) => return Err(error),
            };
            is_of_use = Some(is_of_use == Some(true) || still != lacking);
            report.to_export -= u64::from(still.is_empty());
            leased.state.keep_back(hour, &still);
            leased.keep().await?;
            longest = longest.max(self.function.clock.elapsed().saturating_sub(begun));
        }
        Ok(())
    }

    /// The rows of an hour's seal, in files by class. Sealed again or mapped anew, a class may have none where it had some:
    /// then it has an empty file, which replaces them. None if the hour has no seal: it was put into the outbox, and then
    /// not sealed.
    async fn split(
        &self,
        partition: &Partition,
        classes: BTreeSet<Class>,
    ) -> Result<Option<Vec<ClassFile>>, TurnError> {
        let (entry, _) = self.lake.read_state::<Entry>(&layout::ledger_key(partition)).await?;
        let Some(entry) = entry else { return Ok(None) };
        let mut splitter = Splitter::new(self.tenant, classes);
        if let Some(object) = entry.object {
            let file = self.lake.fetch_object(&object).await?.ok_or_else(|| Stop::Gone(object.clone()))?;
            stored::read_file(&object, file, &mut |row| splitter.add(row))
                .map_err(|error| error.either(|source| Stop::Object { key: object, source }, Stop::from))?;
        }
        let may_replace = entry.generation > 1 || entry.mapping != MAPPING_VERSION;
        Ok(Some(splitter.finish(may_replace).map_err(Stop::from)?))
    }

    /// Writes an hour's files, but those of classes that were refused before; the classes that are still lacking.
    async fn write(
        &self,
        security_lake: &SecurityLake,
        partition: &Partition,
        mut files: Vec<ClassFile>,
        refused: &mut BTreeSet<Class>,
        leased: &mut Leased<'_, Memory>,
        report: &mut ReconcileReport,
    ) -> Result<BTreeSet<Class>, TurnError> {
        let mut still: BTreeSet<_> = files.iter().map(|file| file.class).filter(|it| refused.contains(it)).collect();
        files.retain(|file| !refused.contains(&file.class));
        for (class, error) in Box::pin(self.upload(security_lake, partition, &files, leased)).await? {
            let what = format!("{} of Security Lake lacks hours: {}", source(class), lake::quarantine::reason(&error));
            report.problem(what, security_lake.remedy(class, &error));
            still.insert(class);
            refused.insert(class);
        }
        report.exported += u64::from(still.is_empty());
        Ok(still)
    }

    /// Writes files for as long as the lease is this run's; those that were refused, and why.
    async fn upload(
        &self,
        security_lake: &SecurityLake,
        partition: &Partition,
        files: &[ClassFile],
        leased: &mut Leased<'_, Memory>,
    ) -> Result<Vec<(Class, WriteError)>, TurnError> {
        leased.keep().await?;
        let mut renewal = tokio::time::interval_at(tokio::time::Instant::now() + RENEWED_EVERY, RENEWED_EVERY);
        let mut uploads = pin!(async {
            let mut refused = Vec::new();
            for file in files {
                if let Err(error) = security_lake.write(partition, file).await {
                    refused.push((file.class, error));
                }
            }
            refused
        });
        loop {
            tokio::select! {
                refused = &mut uploads => return Ok(refused),
                _ = renewal.tick() => leased.keep().await?,
            }
        }
    }
}

/// The classes of these uids; of none, all.
fn classes(uids: &BTreeSet<u16>) -> BTreeSet<Class> {
    if uids.is_empty() {
        lake::security_lake::classes()
    } else {
        uids.iter().copied().filter_map(Class::from_uid).collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn an_hour_stays_in_the_outbox_until_every_class_is_written() {
        let hour = Timestamp::UNIX_EPOCH;
        let mut memory = Memory { outbox: Some([].into()), ..Memory::default() };
        assert!(memory.announce(hour));
        memory.keep_back(hour, &[Class::Authentication].into());
        assert_eq!(classes(&memory.outbox.as_ref().unwrap()[&hour]), [Class::Authentication].into());
        assert!(!memory.announce(hour), "it was there, and all of it is lacking again");
        assert_eq!(classes(&memory.outbox.as_ref().unwrap()[&hour]), lake::security_lake::classes());
        memory.announce(hour + SignedDuration::from_hours(1));
        memory.withdraw(hour);
        assert_eq!(memory.outbox.unwrap().len(), 1);
        let mut switched_off = Memory::default();
        assert!(!switched_off.announce(hour));
        assert_eq!(switched_off.outbox, None);
    }
}
