package pdf

import (
	"bytes"
	"crypto/md5"
	"crypto/rc4"
	"encoding/binary"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// pictureFile is a page whose left half is this picture.
func pictureFile(head, data string) []byte {
	f := newFile()
	picture := f.stream("/Type /XObject /Subtype /Image /Width 64 /Height 64 "+head, data)
	f.page("q 300 0 0 420 0 0 cm /P Do Q", "/XObject << /P "+picture+" >>", "")
	return f.bytes()
}

// jpx is a picture in JPEG 2000, all red.
func jpx(t *testing.T) []byte {
	t.Helper()
	c := exec.CommandContext(t.Context(), "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1", "-c:v", "jpeg2000", "-pix_fmt", "rgb24", "-f", "image2pipe", "-")
	data, err := c.Output()
	if err != nil {
		t.Fatalf("ffmpeg makes no JPEG 2000: %v", err)
	}
	return pictureFile("/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /JPXDecode", string(data))
}

// jbig2 is a picture in JBIG2, all black: one region in the coding of fax machines, whose lines after the first say "as above".
func jbig2() []byte {
	// A run of no white and 64 black, then twice "no change" per line.
	bits := "001" + "00110101" + "0000001111" + "0000110111" + strings.Repeat("11", 63)
	var fax []byte
	for i := 0; i < len(bits); i += 8 {
		var b byte
		for j := range 8 {
			b <<= 1
			if i+j < len(bits) && bits[i+j] == '1' {
				b |= 1
			}
		}
		fax = append(fax, b)
	}
	size := []byte{0, 0, 0, 64, 0, 0, 0, 64}
	page := slices.Concat(size, make([]byte, 8), []byte{0}, []byte{0, 0})
	region := slices.Concat(size, make([]byte, 8), []byte{0}, []byte{1}, fax)
	segment := func(number uint32, kind byte, data []byte) []byte {
		head := binary.BigEndian.AppendUint32(nil, number)
		return append(binary.BigEndian.AppendUint32(append(head, kind, 0, 1), uint32(len(data))), data...) //nolint:gosec // short
	}
	return pictureFile("/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode", string(slices.Concat(segment(0, 48, page), segment(1, 38, region))))
}

// swapped is a page painted red in a colour profile that takes red for blue.
func swapped() []byte {
	f := newFile()
	profile := f.stream("/N 3 /Alternate /DeviceRGB", profileOf([3]float64{0.1431, 0.0606, 0.7141}, [3]float64{0.3851, 0.7169, 0.0971}, [3]float64{0.4360, 0.2225, 0.0139}))
	f.page("/C cs 1 0 0 sc 0 0 300 420 re f", "/ColorSpace << /C [/ICCBased "+profile+"] >>", "")
	return f.bytes()
}

// profileOf is a colour profile of a screen with these primaries.
func profileOf(red, green, blue [3]float64) string {
	fixed := func(v float64) uint32 { return uint32(int32(v * 65536)) } //nolint:gosec // small
	xyz := func(c [3]float64) []byte {
		b := []byte("XYZ \x00\x00\x00\x00")
		for _, v := range c {
			b = binary.BigEndian.AppendUint32(b, fixed(v))
		}
		return b
	}
	curve := append([]byte("curv\x00\x00\x00\x00\x00\x00\x00\x01"), 2, 0x33, 0, 0) // 2.2
	tags := []struct {
		name string
		data []byte
	}{
		{"wtpt", xyz([3]float64{0.9642, 1, 0.8249})}, {"rXYZ", xyz(red)}, {"gXYZ", xyz(green)}, {"bXYZ", xyz(blue)},
		{"rTRC", curve}, {"gTRC", curve}, {"bTRC", curve},
	}
	head := make([]byte, 128)
	copy(head[8:], "\x02\x40\x00\x00mntrRGB XYZ ")
	copy(head[36:], "acsp")
	copy(head[68:], xyz([3]float64{0.9642, 1, 0.8249})[8:])
	table := binary.BigEndian.AppendUint32(nil, uint32(len(tags))) //nolint:gosec // few
	var data []byte
	for _, tag := range tags {
		table = append(table, tag.name...)
		table = binary.BigEndian.AppendUint32(table, uint32(128+4+12*len(tags)+len(data))) //nolint:gosec // small
		table = binary.BigEndian.AppendUint32(table, uint32(len(tag.data)))                //nolint:gosec // small
		data = append(data, tag.data...)
	}
	all := slices.Concat(head, table, data)
	binary.BigEndian.PutUint32(all, uint32(len(all))) //nolint:gosec // small
	return string(all)
}

// TestPicturesOfAllKinds: the decoders that pdf.js loads are in the page, and may run there.
func TestPicturesOfAllKinds(t *testing.T) {
	r := read(t, defaults(), map[string][]byte{"jpx.pdf": jpx(t), "jbig2.pdf": jbig2(), "icc.pdf": swapped()})
	for _, c := range []struct{ file, is string }{{"jpx.pdf", "red"}, {"jbig2.pdf", "black"}, {"icc.pdf", "blue"}} {
		r.show(c.file)
		want(r, c.file, c.is, `pixel(100, 100).then((p) => { const [r, g, b] = p.split(',').map((v) => v > 200 ? 1 : v < 60 ? 0 : 2)
			return { '1,0,0': 'red', '0,0,1': 'blue', '0,0,0': 'black' }[[r, g, b].join()] ?? p })`)
		want(r, "the paper of "+c.file, "255,255,255", "pixel(500, 100)")
	}
}

// TestCharacterMaps: text in a coding of its own is text for the masks.
func TestCharacterMaps(t *testing.T) {
	f := newFile()
	descendant := f.add("<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Ryumin-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> /DW 1000 >>")
	font := f.add("<< /Type /Font /Subtype /Type0 /BaseFont /Ryumin-Light-90ms-RKSJ-H /Encoding /90ms-RKSJ-H /DescendantFonts [%s] >>", descendant)
	f.page("BT /F2 16 Tf 40 300 Td ("+iban+") Tj ET BT /F2 16 Tf 40 200 Td (Coffee) Tj ET", "/Font << /F2 "+font+" >>", "")
	r := read(t, defaults(), map[string][]byte{"a.pdf": f.bytes()})
	r.show("a.pdf")
	want(r, "what is not private in it", "1 of 1", "find('coffee')")
	want(r, "the account number's cover", "201,211,240", "pixel(60, 116)")
}

// locked is a file with a password, in the oldest kind of encryption.
func locked(password string) []byte {
	padding := []byte("\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A")
	const id, rights = "0123456789abcdef", -4
	padded := func(s string) []byte { return append([]byte(s), padding...)[:32] }
	scramble := func(key, text []byte) []byte {
		c, err := rc4.NewCipher(key) //nolint:gosec // what the format says
		if err != nil {
			panic(err)
		}
		out := make([]byte, len(text))
		c.XORKeyStream(out, text)
		return out
	}
	hash := func(parts ...[]byte) []byte { sum := md5.Sum(slices.Concat(parts...)); return sum[:] } //nolint:gosec // the same
	owner := scramble(hash(padded("owner"))[:5], padded(password))
	permissions := binary.LittleEndian.AppendUint32(nil, uint32(0x100000000+rights))
	key := hash(padded(password), owner, permissions, []byte(id))[:5]
	f := newFile()
	f.seal = func(number int, content string) string {
		return string(scramble(hash(key, []byte{byte(number), 0, 0, 0, 0})[:10], []byte(content))) //nolint:gosec // few
	}
	f.page(lines("An open book"), "", "")
	f.trailer = fmt.Sprintf("/ID [<%x> <%x>] /Encrypt << /Filter /Standard /V 1 /R 2 /P %d /O <%x> /U <%x> >>", id, id, rights, owner, scramble(key, padding))
	return f.bytes()
}

// TestLocked: the page asks for the password of a locked file, in a field that the masks hide.
func TestLocked(t *testing.T) {
	r := read(t, defaults(), map[string][]byte{"a.pdf": locked("sesame")})
	r.do("show('a.pdf')")
	r.do("until(() => !one('#locked').hidden)")
	want(r, "its sentence", "This document asks for a password.", "one('#word').textContent")
	want(r, "the field in the picture", "0", "getComputedStyle(one('#password')).opacity")
	answer := "(one('#password').value = %q, one('#unlock').click())"
	r.do(answer, "simsim")
	r.do("until(() => one('#word').textContent === 'That is not the password. Try again.' && !one('#locked').hidden)")
	r.do(answer, "sesame")
	r.do("picture()")
	want(r, "its text", "1 of 1", "find('open book')")
	want(r, "the sentence", "", "one('#word').textContent")
}

// TestBrokenAndLong: people read in plain words what is wrong, and how much of a very long file they see.
func TestBrokenAndLong(t *testing.T) {
	f := newFile()
	page := f.page(lines("one of many"), "", "")
	f.kids = slices.Repeat([]string{page}, 2100)
	r := read(t, defaults(), map[string][]byte{"broken.pdf": bytes.Repeat([]byte("no file "), 100), "long.pdf": f.bytes()})
	r.do("show('broken.pdf')")
	want(r, "a broken file", "This document cannot be shown: it is damaged.", "until(() => /cannot/.test(one('#word').textContent) && one('#word').textContent)")
	r.show("long.pdf")
	want(r, "a long one", "Page 1 of 2000 shown (2100 in all)", "one('#where').textContent")
}
