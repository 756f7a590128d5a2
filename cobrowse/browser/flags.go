package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// smallSharedMemory is the size below which /dev/shm (64 MiB in a plain container) crashes pages.
const smallSharedMemory = 256 << 20

// disabledFeatures are parts of Chromium that would show documents the gate does not know (prerendering, the
// back/forward cache), that call home, that keep --load-extension from working, that take a finger's swipe for a way through the history, or
// that keep a process of its own for parts of Chromium's window that nobody sees.
var disabledFeatures = []string{
	"DisableLoadExtensionCommandLineSwitch", "Prerender2", "BackForwardCache", "Translate", "MediaRouter",
	"OptimizationHints", "AutofillServerCommunication", "CertificateTransparencyComponentUpdater", "DnsOverHttps",
	"OverscrollHistoryNavigation", "InitialWebUI", "PreloadTopChromeWebUI", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIToolbarProcessOverheadExperiment",
}

// flags returns Chromium's command line for the session in dir.
func flags(dir, proxy string) []string {
	list := []string{
		"--headless=new", "--remote-debugging-pipe", "--disable-gpu", "--disable-audio-output", "--hide-scrollbars",
		"--no-first-run", "--no-default-browser-check", "--no-pings", "--disable-quic", "--disable-sync",
		"--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-breakpad",
		"--disable-client-side-phishing-detection", "--disable-domain-reliability", "--disable-hang-monitor",
		"--disable-prompt-on-repost", "--disable-popup-blocking", "--disable-print-preview",
		"--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
		"--blink-settings=middleClickPasteAllowed=false,selectionClipboardBufferAvailable=false",
		"--metrics-recording-only", "--password-store=basic", "--force-color-profile=srgb", "--auto-reject-capture",
		"--deny-permission-prompts", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
		"--disable-features=" + strings.Join(disabledFeatures, ","),
		"--allowlisted-extension-id=" + extensionID,
		"--load-extension=" + filepath.Join(dir, "extension"),
		"--user-data-dir=" + filepath.Join(dir, "home", "profile"),
		fmt.Sprintf("--window-size=%d,%d", firstViewport.Width, firstViewport.Height),
	}
	if proxy != "" {
		// Without the bypass list Chromium would go to loopback addresses by itself.
		list = append(list, "--proxy-server=http://"+proxy, "--proxy-bypass-list=<-loopback>", "--dns-prefetch-disable")
	}
	if sharedMemory() < smallSharedMemory {
		list = append(list, "--disable-dev-shm-usage")
	}
	return append(list, "about:blank")
}

func sharedMemory() uint64 {
	var fs syscall.Statfs_t
	if err := syscall.Statfs("/dev/shm", &fs); err != nil {
		return 0
	}
	return fs.Blocks * uint64(fs.Bsize)
}

// preferences turn off what would keep, guess or send people's data, and what opens windows of its own.
const preferences = `{
 "autofill": {"profile_enabled": false, "credit_card_enabled": false},
 "credentials_enable_service": false,
 "profile": {"password_manager_enabled": false, "default_content_setting_values": {"notifications": 2, "geolocation": 2,
   "media_stream_mic": 2, "media_stream_camera": 2, "midi_sysex": 2, "clipboard": 2, "sensors": 2, "usb_guard": 2, "serial_guard": 2,
   "bluetooth_guard": 2, "hid_guard": 2, "local_fonts": 2, "window_placement": 2, "idle_detection": 2, "protocol_handler": 2}},
 "net": {"network_prediction_options": 2},
 "webrtc": {"ip_handling_policy": "disable_non_proxied_udp", "multiple_routes_enabled": false, "nonproxied_udp_enabled": false},
 "safebrowsing": {"enabled": false, "enhanced": false},
 "search": {"suggest_enabled": false},
 "alternate_error_pages": {"enabled": false},
 "translate": {"enabled": false},
 "spellcheck": {"use_spelling_service": false},
 "download": {"prompt_for_download": false}
}`

func writePreferences(path string) error {
	return os.WriteFile(path, []byte(preferences), 0o600)
}
