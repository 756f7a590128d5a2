// Package seal is the container that recordings are stored in: AES-256-GCM in segments, so that any range of a large
// object can be read and checked without reading the rest.
//
// # Layout
//
// All numbers are big endian.
//
//	0       8 bytes   "CBSEAL", 0, version (1)
//	8       u32       length W of the wrapped data key, at most 4096
//	12      32 bytes  salt, random, new for each object
//	44      W bytes   the data key, wrapped by the master key (Keys)
//	44+W    …         segments
//
// A segment is the ciphertext of 65536 bytes followed by a 16 byte tag; the last one may be shorter. An object has at
// least one segment, which is empty if the object is.
//
// The object's key is HKDF-SHA256(data key, salt, "cobrowse seal v1"), 32 bytes: objects that share a data key (the parts
// of one recording: one call to a key service) never share a key. The nonce of segment i is
//
//	0       3 bytes   0
//	3       u8        1 for the last segment, else 0
//	4       u64       i
//
// and its additional data are company, object (each as u32 length and bytes), i (u64) and the same last flag (u8).
// Therefore a segment opens only at its place, in its object, of its company; a cut or lengthened object has a wrong last
// segment. NewReader checks the last segment before it hands out anything.
package seal
