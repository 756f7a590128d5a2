package browser

import (
	"strings"
	"unicode/utf8"

	"github.com/chromedp/cdproto/input"

	"cobrowse-connector/cobrowse"
)

const (
	modAlt   = 1
	modCtrl  = 2
	modMeta  = 4
	modShift = 8
)

// chords are the shortcuts that pages get, by key: whether with Shift too. Every other one belongs to Chromium itself and would
// open windows, pages of the browser or dialogs that nobody sees. Paste is not among them: what people paste comes as text.
var chords = map[string]bool{
	"a": false, "c": false, "x": false, "y": false, "b": false, "i": false, "z": true,
	"Backspace": true, "Delete": false, "Enter": false, "Home": true, "End": true,
	"ArrowLeft": true, "ArrowRight": true, "ArrowUp": true, "ArrowDown": true,
}

// ofPage returns the key as the page may get it, and false when it may not.
func ofPage(ev cobrowse.InputEvent) (cobrowse.InputEvent, bool) {
	if ev.Mods&modMeta != 0 && ev.Mods&modCtrl == 0 {
		ev.Mods = ev.Mods&^modMeta | modCtrl // a Mac's shortcuts, as Chromium on Linux knows them
	}
	if ev.Mods&modAlt != 0 && typedWithAlt(ev.Key) {
		ev.Mods &^= modAlt | modCtrl // AltGr and Option make characters
	}
	_, named := namedKeys[ev.Key]
	switch {
	case ev.Mods&(modAlt|modMeta) != 0, browserKey(ev.Key), !named && utf8.RuneCountInString(ev.Key) != 1:
		return ev, false
	case ev.Mods&modCtrl == 0 || ev.Key == "Control":
		return ev, true
	}
	withShift, known := chords[strings.ToLower(ev.Key)]
	if !known {
		withShift, known = chords[ev.Key]
	}
	return ev, known && (withShift || ev.Mods&modShift == 0)
}

// keyRefused tells people of a key that does nothing, where they would wait for something: nothing in the picture says so.
func (b *Browser) keyRefused(id cobrowse.TabID, ev cobrowse.InputEvent) {
	if ev.Kind == cobrowse.InputKeyDown && ev.Mods == modCtrl && strings.EqualFold(ev.Key, "p") {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.emit(cobrowse.WantedEvent{Tab: id, What: "printer"})
	}
}

// browserKey tells whether a key alone belongs to Chromium: F1 to F12, and those that open menus.
func browserKey(key string) bool {
	if key == "Alt" || key == "Meta" || key == "ContextMenu" {
		return true
	}
	return len(key) > 1 && key[0] == 'F' && key[1] >= '0' && key[1] <= '9'
}

// typedWithAlt tells whether a key that was pressed with Alt is a character of a third level, as @ on a German keyboard.
func typedWithAlt(key string) bool {
	if utf8.RuneCountInString(key) != 1 {
		return false
	}
	c := key[0]
	plain := c == ' ' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
	return !plain
}

// namedKeys are the Windows key codes of keys that are not characters: pages still read keyCode.
var namedKeys = map[string]int64{
	"Backspace": 8, "Tab": 9, "Enter": 13, "Shift": 16, "Control": 17, "Alt": 18, "Pause": 19, "CapsLock": 20, "Escape": 27, " ": 32,
	"PageUp": 33, "PageDown": 34, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40,
	"Insert": 45, "Delete": 46, "Meta": 91, "ContextMenu": 93, "NumLock": 144, "ScrollLock": 145,
}

// codedKeys are the key codes of the keys of a keyboard that make punctuation.
var codedKeys = map[string]int64{
	"Semicolon": 186, "Equal": 187, "Comma": 188, "Minus": 189, "Period": 190, "Slash": 191, "Backquote": 192,
	"BracketLeft": 219, "Backslash": 220, "BracketRight": 221, "Quote": 222, "IntlBackslash": 226,
	"NumpadMultiply": 106, "NumpadAdd": 107, "NumpadSubtract": 109, "NumpadDecimal": 110, "NumpadDivide": 111,
}

// keyCode returns the Windows key code, 0 for keys that have none.
func keyCode(key, code string) int64 {
	if n, ok := namedKeys[key]; ok {
		return n
	}
	if n, ok := codedKeys[code]; ok {
		return n
	}
	for prefix, base := range map[string]int64{"Key": 0, "Digit": 0, "Numpad": 96 - '0'} {
		if rest, ok := strings.CutPrefix(code, prefix); ok && len(rest) == 1 {
			return int64(rest[0]) + base
		}
	}
	if upper := strings.ToUpper(key); len(upper) == 1 && upper >= "0" && upper <= "Z" {
		return int64(upper[0])
	}
	return 0
}

// keyEvent translates a key. A key that makes text carries it, so that pages see keydown, keypress, beforeinput and input as
// from a keyboard; with Ctrl it is a shortcut and makes none.
func keyEvent(ev cobrowse.InputEvent) input.DispatchKeyEventParams {
	k := input.DispatchKeyEventParams{
		Type: input.DispatchKeyEventTypeRawKeyDown, Modifiers: int64(ev.Mods), Key: ev.Key, Code: ev.Code,
		WindowsVirtualKeyCode: keyCode(ev.Key, ev.Code),
	}
	k.NativeVirtualKeyCode = k.WindowsVirtualKeyCode
	if ev.Kind == cobrowse.InputKeyUp {
		k.Type = input.DispatchKeyEventTypeKeyUp
		return k
	}
	if text := keyText(ev); text != "" {
		k.Type, k.Text, k.UnmodifiedText = input.DispatchKeyEventTypeKeyDown, text, text
	}
	k.Commands = editing(ev)
	return k
}

func keyText(ev cobrowse.InputEvent) string {
	if ev.Mods&modCtrl != 0 {
		return ""
	}
	if ev.Key == "Enter" {
		return "\r"
	}
	if utf8.RuneCountInString(ev.Key) == 1 {
		return ev.Key
	}
	return ""
}

// editing names the editing command of a shortcut: an injected key does not reach Chromium's own table of them.
func editing(ev cobrowse.InputEvent) []string {
	if ev.Mods&modCtrl == 0 {
		return nil
	}
	switch strings.ToLower(ev.Key) {
	case "a":
		return []string{"selectAll"}
	case "z":
		if ev.Mods&modShift != 0 {
			return []string{"redo"}
		}
		return []string{"undo"}
	case "y":
		return []string{"redo"}
	case "c":
		return []string{"copy"}
	case "x":
		return []string{"cut"}
	case "backspace":
		if ev.Mods&modShift != 0 {
			return []string{"deleteToBeginningOfLine"}
		}
	}
	return nil
}
