package browser

import (
	"os"
	"path/filepath"
	"reflect"
	"sync/atomic"
	"testing"

	"cobrowse-connector/cobrowse"
)

// slowEncoder is an encoder worker on a machine that takes as long as it is told, and whose long waits are short.
const slowEncoder = `
let delay = 100;
self.VideoEncoder = class {
	state = 'configured';
	constructor({output}) { this.output = output }
	configure() {}
	close() {}
	encode({timestamp}, {keyFrame}) {
		wait(() => this.output({type: keyFrame ? 'key' : 'delta', timestamp, byteLength: 1, copyTo() {}}), delay);
	}
};
const wait = self.setTimeout;
self.setTimeout = (f, ms) => wait(f, ms >= 10_000 ? 300 : ms);
importScripts('encoder.js');
addEventListener('message', ({data}) => { if (data.delay) delay = data.delay });`

// TestMachineThatDoesNotKeepUp: encodes that take too long for two seconds halve the pictures, and calm brings them back.
func TestMachineThatDoesNotKeepUp(t *testing.T) {
	r := launch(t, Spec{Session: "rate"})
	if err := os.WriteFile(filepath.Join(r.running().process.folder.path, "extension", "slow.js"), []byte(slowEncoder), 0o644); err != nil { //nolint:gosec // Chromium's user reads it
		t.Fatal(err)
	}
	said, err := evaluate[[]string](t.Context(), r.running().capture, "", `(async () => {
		const worker = new Worker('slow.js'), heard = [];
		let told = () => {};
		worker.onmessage = ({data}) => { if (data.t === 'rate') { heard.push(data.fps + data.reason); told() } };
		const next = () => new Promise((done) => { told = done; setTimeout(done, 45_000) });
		const canvas = new OffscreenCanvas(64, 64), pen = canvas.getContext('2d');
		let n = 0;
		const frames = new ReadableStream({start: (c) => setInterval(() => {
			pen.fillRect(n++ % 64, 0, 1, 1);
			c.enqueue(new VideoFrame(canvas, {timestamp: n * 40_000}));
		}, 40)});
		worker.postMessage({t: 'start', turn: 1, codec: 'av1', fps: 30, target: 'x'});
		worker.postMessage({t: 'frames', turn: 1, frames}, [frames]);
		await next();
		worker.postMessage({delay: 5});
		await next();
		worker.terminate();
		return heard;
	})()`)
	if err != nil || !reflect.DeepEqual(said, []string{"15load", "30"}) {
		t.Errorf("the worker says %v, %v", said, err)
	}
}

// TestFewerPicturesAreTold: what the worker finds out is told and counted, and forgotten with its Chromium.
func TestFewerPicturesAreTold(t *testing.T) {
	var slowed atomic.Int32
	l := testLauncher(t)
	l.config.Slowed = func() { slowed.Add(1) }
	r := launchBy(t, l, Spec{Session: "rate"})
	if _, err := evaluate[any](t.Context(), r.running().capture, "", `tell({t: 'rate', fps: 15, reason: 'load'})`); err != nil {
		t.Fatal(err)
	}
	await(r, "fewer pictures", func(e cobrowse.PictureEvent) bool {
		return e == cobrowse.PictureEvent{Codec: "av1", FPS: 15, Reason: "load"}
	})
	if slowed.Load() != 1 {
		t.Errorf("counted %d times", slowed.Load())
	}
	r.running().process.kill()
	await(r, "all pictures", func(e cobrowse.PictureEvent) bool { return e == cobrowse.PictureEvent{Codec: "av1", FPS: 30} })
}
