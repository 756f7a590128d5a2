package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/storage"
)

// Some sites keep their sign-in in a database (IndexedDB). Small ones are kept as far as they hold what JSON can say, and dates. They are
// read in the engine's world, which the page's scripts have no part in, and filled in an empty document of ours at the site's address, before
// any document of the site is there: a page may open its databases with its first statement.

const (
	// mostDatabases is how many bytes an origin's databases may take on the disk, and each of them as text, to be read whenever they may have
	// changed.
	mostDatabases = 1 << 20
	// mostRecords is how many records a store may have.
	mostRecords = 2000
	// mostFilled is how many origins' databases people wait for while they are filled.
	mostFilled = 10
	// fillTime is how long they do so at most.
	fillTime = 5 * time.Second
)

// databases are what was read of one origin's. What Go does with them is to keep them.
type databases struct {
	All  bool            // none was left out
	Kept json.RawMessage // as fillDatabases takes them
}

// databasesOf reads the databases of a tab's site.
func (b *Browser) databasesOf(ctx context.Context, p *page, origin string) databases {
	usage, err := cdp.Call(ctx, p.session, storage.GetUsageAndQuota, storage.GetUsageAndQuotaParams{Origin: origin})
	if err != nil {
		return b.databasesBefore(origin)
	}
	used := func(kind storage.Type) float64 {
		for _, u := range usage.UsageBreakdown {
			if u.StorageType == kind {
				return u.Usage
			}
		}
		return 0
	}
	files := used(storage.TypeFileSystems) > 0
	switch size := used(storage.TypeIndexeddb); {
	case size == 0:
		return databases{All: !files}
	case size > mostDatabases:
		return databases{}
	}
	b.mu.Lock()
	worlds := p.worlds()
	b.mu.Unlock()
	if len(worlds) == 0 || worlds[0].frame != cdp.FrameID(p.target) || originOf(worlds[0].url) != origin {
		return b.databasesBefore(origin)
	}
	found, err := evaluate[databases](ctx, worlds[0].session, worlds[0].world, fmt.Sprintf(readDatabases, mostRecords, mostDatabases))
	if err != nil {
		return b.databasesBefore(origin)
	}
	found.All = found.All && !files
	return found
}

// databasesBefore are those that were read last, where they cannot be read now.
func (b *Browser) databasesBefore(origin string) databases {
	b.mu.Lock()
	defer b.mu.Unlock()
	kept := b.kept.databases[origin]
	return databases{All: len(kept) > 0 && !b.kept.unkept[origin], Kept: kept}
}

// readDatabases reads each database in one transaction. A page that wants to change or delete one meanwhile is made way for.
const readDatabases = `(async () => {
	const asked = (r) => new Promise((done, fail) => { r.onsuccess = () => done(r.result); r.onerror = () => fail(r.error); });
	const said = (v) => {
		if (v === undefined) return { none: true }; // of which JSON makes null
		if (v === null || typeof v === 'string' || typeof v === 'boolean' || Number.isFinite(v)) return v;
		if (v instanceof Date && Number.isFinite(+v)) return { date: +v };
		if (Array.isArray(v)) return { list: v.map(said) };
		if (typeof v !== 'object' || Object.getPrototypeOf(v) !== Object.prototype) throw new TypeError('no plain value');
		return { object: Object.entries(v).map(([name, of]) => [name, said(of)]) };
	};
	const store = async (s) => {
		const keys = asked(s.getAllKeys(null, %[1]d + 1)), values = asked(s.getAll(null, %[1]d + 1));
		if ((await keys).length > %[1]d) throw new RangeError('too many records');
		return {
			name: s.name, keyPath: s.keyPath, autoIncrement: s.autoIncrement, records: (await Promise.all([keys, values])).map((all) => all.map(said)),
			indexes: Array.from(s.indexNames, (name) => s.index(name)).map(({ name, keyPath, unique, multiEntry }) => ({ name, keyPath, unique, multiEntry })),
		};
	};
	const database = async ({ name, version }) => {
		const opening = indexedDB.open(name, version);
		opening.onupgradeneeded = () => opening.transaction.abort(); // it was deleted meanwhile, and is not made here
		const db = await asked(opening);
		db.onversionchange = () => db.close();
		try {
			const names = Array.from(db.objectStoreNames);
			const all = names.length > 0 ? db.transaction(names) : null;
			const found = { name, version, stores: await Promise.all(names.map((n) => store(all.objectStore(n)))) };
			if (JSON.stringify(found).length > %[2]d) throw new RangeError('too large');
			return found;
		} finally {
			db.close();
		}
	};
	const read = await Promise.allSettled((await indexedDB.databases()).map(database));
	return { All: read.every((r) => r.status === 'fulfilled'), Kept: read.filter((r) => r.status === 'fulfilled').map((r) => r.value) };
})()`

// fillDatabases makes them anew.
const fillDatabases = `(async (kept) => {
	const value = (v) => {
		if (v === null || typeof v !== 'object') return v;
		if (v.none) return undefined;
		if ('date' in v) return new Date(v.date);
		return v.list ? v.list.map(value) : Object.fromEntries(v.object.map(([name, of]) => [name, value(of)]));
	};
	const fill = (db, { name, keyPath, autoIncrement, indexes, records: [keys, values] }) => {
		const store = db.createObjectStore(name, { keyPath, autoIncrement });
		for (const { name, keyPath, ...options } of indexes) store.createIndex(name, keyPath, options);
		values.forEach((v, i) => keyPath === null ? store.put(value(v), value(keys[i])) : store.put(value(v)));
	};
	await Promise.all(kept.map(({ name, version, stores }) => new Promise((done, fail) => {
		const opened = indexedDB.open(name, version);
		opened.onupgradeneeded = () => stores.forEach((s) => fill(opened.result, s));
		opened.onerror = () => fail(opened.error);
		opened.onsuccess = () => { opened.result.close(); done(); };
	})));
})(%s)`

// putDatabases gives a new Chromium the databases that were kept, and notes which are lost all the same. It returns the page that it needed,
// to be closed when there are others: Chromium ends with its last one.
func (b *Browser) putDatabases(ctx context.Context) *page {
	b.mu.Lock()
	kept := maps.Clone(b.kept.databases)
	b.mu.Unlock()
	if len(kept) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, fillTime)
	defer cancel()
	p, err := b.takePage(ctx)
	for origin, databases := range kept {
		if err == nil && b.putDatabasesOf(ctx, p, origin, databases) == nil {
			continue
		}
		b.log.Warn("browser: a site's databases were not put back") // the error may quote them
		b.mu.Lock()
		b.kept.unkept[origin] = true
		b.mu.Unlock()
	}
	return p
}

func (b *Browser) putDatabasesOf(ctx context.Context, p *page, origin string, kept json.RawMessage) error {
	address := origin + "/"
	b.mu.Lock()
	p.standsIn = address
	b.mu.Unlock()
	went, err := cdp.Call(ctx, p.session, cdppage.Navigate, cdppage.NavigateParams{URL: address})
	if err != nil || went.ErrorText != "" {
		return errors.Join(err, errors.New(went.ErrorText))
	}
	_, err = evaluate[any](ctx, p.session, "", fmt.Sprintf(fillDatabases, kept))
	return err
}

// standIn answers a request for the document in which databases are filled: its site hears nothing of it. Caller holds mu.
func (b *Browser) standIn(p *page, s session, e *fetch.EventRequestPaused) bool {
	if p.standsIn == "" || e.Request == nil || e.Request.URL != p.standsIn {
		return false
	}
	b.spawn(func() {
		_, err := s.begin(fetch.CommandFulfillRequest, fetch.FulfillRequestParams{
			RequestID: e.RequestID, ResponseCode: 200, ResponseHeaders: []*fetch.HeaderEntry{{Name: "Content-Type", Value: "text/html"}},
		})
		b.logError("stand in", err)
	})
	return true
}
