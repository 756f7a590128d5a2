package record

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
)

// codec says how a WebCodecs stream becomes a Matroska track.
type codec struct {
	id      string
	docType string // webm, or matroska for what WebM does not allow
	mime    string
	frame   func([]byte) ([]byte, error)                  // a chunk as Matroska stores it
	private func(name string, key []byte) ([]byte, error) // CodecPrivate, from the name and the first stored key frame
}

var errPicture = errors.New("record: the picture is not what its codec says")

// codecOf knows the codecs that are recorded, by the beginning of their WebCodecs names.
func codecOf(name string) (codec, bool) {
	switch prefix, _, _ := strings.Cut(name, "."); prefix {
	case "av01":
		return codec{"V_AV1", "webm", "video/webm", av1Frame, av1Private}, true
	case "vp09":
		return codec{"V_VP9", "webm", "video/webm",
			func(b []byte) ([]byte, error) { return b, nil },
			func(string, []byte) ([]byte, error) { return nil, nil }}, true
	case "avc1":
		return codec{"V_MPEG4/ISO/AVC", "matroska", "video/x-matroska", avcFrame, avcPrivate}, true
	}
	return codec{}, false
}

const (
	obuSequenceHeader    = 1
	obuTemporalDelimiter = 2
)

// obu is one unit of an AV1 stream; raw includes its header.
type obu struct {
	kind    byte
	raw     []byte
	payload []byte
}

func splitOBUs(b []byte) ([]obu, error) {
	var units []obu
	for len(b) > 0 {
		head := 1
		if b[0]&4 != 0 { // extension
			head = 2
		}
		if b[0]&0x80 != 0 || len(b) < head {
			return nil, errPicture
		}
		size := uint64(len(b) - head)
		if b[0]&2 != 0 { // has a size field
			var n int
			if size, n = binary.Uvarint(b[head:]); n <= 0 {
				return nil, errPicture
			}
			head += n
		}
		if size > uint64(len(b)-head) {
			return nil, errPicture
		}
		end := head + int(size)
		units = append(units, obu{kind: b[0] >> 3 & 15, raw: b[:end], payload: b[head:end]})
		b = b[end:]
	}
	if len(units) == 0 {
		return nil, errPicture
	}
	return units, nil
}

// av1Frame leaves out temporal delimiters: Matroska has its own.
func av1Frame(b []byte) ([]byte, error) {
	units, err := splitOBUs(b)
	if err != nil {
		return nil, err
	}
	var out []byte
	for _, u := range units {
		if u.kind != obuTemporalDelimiter {
			out = append(out, u.raw...)
		}
	}
	return out, nil
}

// av1Private makes an av1C box's content from the sequence header of the first key frame. The capture is 8 bit 4:2:0
// unless the codec's name says otherwise.
func av1Private(name string, key []byte) ([]byte, error) {
	units, err := splitOBUs(key)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		if u.kind != obuSequenceHeader {
			continue
		}
		profile, level, tier := sequenceHeader(u.payload)
		third := tier<<7 | 1<<3 | 1<<2 // 4:2:0
		if profile == 1 {
			third = tier << 7 // 4:4:4
		}
		if strings.HasSuffix(name, ".10") {
			third |= 1 << 6
		}
		return append([]byte{0x81, profile<<5 | level, third, 0}, u.raw...), nil
	}
	return nil, errPicture
}

// sequenceHeader reads the beginning of a sequence header (AV1 specification 5.5.1) up to the first operating point.
func sequenceHeader(b []byte) (profile, level, tier byte) {
	r := bits{b: b}
	profile = byte(r.read(3))
	r.read(1)           // still_picture
	if r.read(1) == 1 { // reduced_still_picture_header
		return profile, byte(r.read(5)), 0
	}
	if r.read(1) == 1 { // timing_info_present_flag
		r.read(32)
		r.read(32)
		if r.read(1) == 1 { // equal_picture_interval
			r.uvlc()
		}
		if r.read(1) == 1 { // decoder_model_info_present_flag
			r.read(5 + 32 + 5 + 5)
		}
	}
	r.read(1 + 5 + 12) // initial_display_delay_present_flag, operating_points_cnt_minus_1, operating_point_idc[0]
	if level = byte(r.read(5)); level > 7 {
		tier = byte(r.read(1))
	}
	return profile, level, tier
}

// bits reads most significant bit first; past the end there are zeroes.
type bits struct {
	b   []byte
	pos int
}

func (r *bits) read(n int) uint64 {
	var v uint64
	for range n {
		v <<= 1
		if i := r.pos / 8; i < len(r.b) {
			v |= uint64(r.b[i] >> (7 - r.pos%8) & 1)
		}
		r.pos++
	}
	return v
}

func (r *bits) uvlc() {
	zeros := 0
	for r.read(1) == 0 && zeros < 32 {
		zeros++
	}
	r.read(zeros)
}

const (
	nalSPS = 7
	nalPPS = 8
)

// splitNALs takes an Annex B stream apart.
func splitNALs(b []byte) ([][]byte, error) {
	start := []byte{0, 0, 1}
	i := bytes.Index(b, start)
	if i < 0 || len(bytes.Trim(b[:i], "\x00")) > 0 {
		return nil, errPicture
	}
	var nals [][]byte
	for b = b[i+3:]; len(b) > 0; {
		nal, rest, _ := bytes.Cut(b, start)
		if nal = bytes.TrimRight(nal, "\x00"); len(nal) > 0 {
			nals = append(nals, nal)
		}
		b = rest
	}
	if len(nals) == 0 {
		return nil, errPicture
	}
	return nals, nil
}

// avcFrame turns Annex B into units with a length of four bytes.
func avcFrame(b []byte) ([]byte, error) {
	nals, err := splitNALs(b)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(b)+len(nals))
	for _, nal := range nals {
		out = binary.BigEndian.AppendUint32(out, uint32(len(nal)))
		out = append(out, nal...)
	}
	return out, nil
}

// avcPrivate makes an avcC box's content from the parameter sets in the first key frame.
func avcPrivate(_ string, key []byte) ([]byte, error) {
	var sps, pps []byte
	for b := key; len(b) >= 4; {
		n := int(binary.BigEndian.Uint32(b))
		if n == 0 || n > len(b)-4 {
			return nil, errPicture
		}
		switch nal := b[4 : 4+n]; nal[0] & 31 {
		case nalSPS:
			sps = nal
		case nalPPS:
			pps = nal
		}
		b = b[4+n:]
	}
	if len(sps) < 4 || len(pps) == 0 {
		return nil, errPicture
	}
	out := []byte{1, sps[1], sps[2], sps[3], 0xff, 0xe1}
	out = append(binary.BigEndian.AppendUint16(out, uint16(len(sps))), sps...)
	out = append(out, 1)
	out = append(binary.BigEndian.AppendUint16(out, uint16(len(pps))), pps...)
	if sps[1] >= 100 { // High profiles name chroma and depth too: 4:2:0, 8 bit
		out = append(out, 0xfd, 0xf8, 0xf8, 0)
	}
	return out, nil
}
