package browser

import (
	"slices"
	"testing"

	"cobrowse-connector/cobrowse"
)

// account keeps a sign-in in a database, as sites that sign in by script do, and says what it finds there when it begins.
const account = `<title>…</title><body><script>
	const opened = indexedDB.open('auth', 3);
	opened.onupgradeneeded = () => {
		document.title = 'nobody';
		const users = opened.result.createObjectStore('users', { keyPath: 'uid' });
		users.createIndex('mails', 'mail', { unique: true });
		users.put({ uid: 'u1', mail: 'ana@shop.example', since: new Date(86400000), roles: ['buyer', null], more: { age: 41, none: undefined } });
		opened.result.createObjectStore('log', { autoIncrement: true }).add('first');
		opened.result.createObjectStore('by name').put(7, ['a', 1]);
		opened.result.createObjectStore('empty');
	};
	opened.onsuccess = () => {
		if (document.title === 'nobody') return;
		const all = opened.result.transaction(['users', 'log', 'by name', 'empty'], 'readwrite');
		const asked = [all.objectStore('users').index('mails').get('ana@shop.example'), all.objectStore('log').add('next'), all.objectStore('by name').get(['a', 1])];
		all.oncomplete = () => {
			const [user, key, seven] = asked.map((r) => r.result);
			document.title = [user.uid, user.since.getTime(), user.roles.join('+'), user.more.age + typeof user.more.none, key, seven, opened.result.version].join();
		};
	};
</script>`

// TestDatabasesComeBack: with their stores, indexes, keys and versions, before the page's first statement; the site is not asked for more than
// its page.
func TestDatabasesComeBack(t *testing.T) {
	s := site(t, map[string]string{"/account": account})
	r := launch(t, Spec{Session: "databases"})
	if _, err := r.Open(t.Context(), s.URL+"/account"); err != nil {
		t.Fatal(err)
	}
	r.titled("nobody")
	r.awaitKept(func() bool { return len(r.kept.databases[s.URL]) > 0 })
	lost := r.killed()
	r.titled("u1,86400000,buyer+,41undefined,2,7,3")
	if !slices.Equal(lost.Lost, []string{"forms", "history"}) {
		t.Errorf("said to be lost: %q", lost.Lost)
	}
	await(r, "one tab with one page", func(e cobrowse.TabsEvent) bool { return len(e.Tabs) == 1 && !e.Tabs[0].CanBack })
}

// TestDatabasesAreSaidToBeLost: what is not kept, as it is large or no plain value, is not passed over.
func TestDatabasesAreSaidToBeLost(t *testing.T) {
	s := site(t, map[string]string{"/large": `<script>
		indexedDB.open('orders').onupgradeneeded = (e) => e.target.result.createObjectStore('all').put(crypto.getRandomValues(new Uint8Array(65536)).join().repeat(30), 1);</script>`,
		"/bytes": `<script>indexedDB.open('bytes').onupgradeneeded = (e) => e.target.result.createObjectStore('all').put(new Blob(['x']), 1);</script>`})
	for _, page := range []string{"/large", "/bytes"} {
		t.Run(page, func(t *testing.T) {
			r := launch(t, Spec{Session: "databases"})
			if _, err := r.Open(t.Context(), s.URL+page); err != nil {
				t.Fatal(err)
			}
			r.awaitKept(func() bool { return r.kept.unkept[s.URL] })
			if lost := r.killed().Lost; !slices.Contains(lost, "storage") {
				t.Errorf("said to be lost: %q", lost)
			}
		})
	}
}
