package browser

import (
	"testing"

	"cobrowse-connector/cobrowse"
)

// TestWhatPagesWantOfTheDevice: it is refused at once, people are told, and the page goes on.
func TestWhatPagesWantOfTheDevice(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>start</title><body style="height:500px"><script>
let n = 0;
onclick = async () => {
	const refused = [++n];
	await new Promise((done) => navigator.geolocation.getCurrentPosition(done, (e) => { refused.push('location'); done(); }));
	await navigator.mediaDevices?.getUserMedia({video: true, audio: true}).catch(() => refused.push('devices'));
	if (await Notification.requestPermission() === 'denied') refused.push('notifications');
	print();
	const error = new Promise((done) => document.addEventListener('pointerlockerror', done));
	await document.body.requestPointerLock().catch(() => refused.push('pointer'));
	await error;
	document.title = refused.join();
};
</script>`})
	r := launch(t, Spec{Session: "wants"})
	tab := r.openPage(otherHost(s.URL)) // localhost is a secure context
	wanted := []string{"location", "devices", "notifications", "printer", "pointer"}
	for _, n := range []string{"1", "2"} {
		r.press(tab, cobrowse.RoleCustomer, 50, 50)
		r.titled(n + ",location,devices,notifications,pointer")
	}
	for _, what := range wanted {
		await(r, what, func(e cobrowse.WantedEvent) bool { return e.What == what })
	}
	told := map[string]int{}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.said {
		if e, ok := e.(cobrowse.WantedEvent); ok && e.Tab == tab {
			told[e.What]++
		}
	}
	for _, what := range wanted {
		if told[what] != 1 {
			t.Errorf("people were told %d times of %s", told[what], what)
		}
	}
}

// TestFullscreenAndMenusHoldNobody: a page in full screen fills the picture and no more, and a right click opens nothing that is in the way.
func TestFullscreenAndMenusHoldNobody(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>start</title><body style="height:500px;margin:0"><script>
onclick = async () => {
	if (document.fullscreenElement) { document.title = 'goes on'; return; }
	await document.body.requestFullscreen();
	document.title = 'full ' + innerWidth + 'x' + innerHeight;
};
oncontextmenu = () => document.title = 'menu';
</script>`})
	r := launch(t, Spec{Session: "fullscreen"})
	tab := r.openPage(s.URL)
	r.press(tab, cobrowse.RoleCustomer, 50, 50)
	r.titled("full 800x600")
	for _, kind := range []cobrowse.InputKind{cobrowse.InputDown, cobrowse.InputUp} {
		if _, err := r.Input(t.Context(), tab, cobrowse.RoleCustomer, cobrowse.InputEvent{Kind: kind, X: 50, Y: 50, Button: 2, Clicks: 1}); err != nil {
			t.Fatal(err)
		}
	}
	r.titled("menu")
	r.press(tab, cobrowse.RoleCustomer, 50, 50)
	r.titled("goes on")
}
