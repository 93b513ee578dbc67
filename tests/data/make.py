#!/usr/bin/env python3
"""make.py - write the streams that the tests read into this folder

Needs NumPy and the package msgpack (python3-msgpack); the result is the same
bytes each time.  encode() writes arrays as msgpack-numpy 0.4.8 does, so what
the tests read here is what a Python program would send.
"""
import os

import msgpack
import numpy


def encode(obj):
    if isinstance(obj, numpy.ndarray):
        return {b'nd': True, b'type': obj.dtype.str, b'kind': b'',
                b'shape': obj.shape, b'data': obj.tobytes()}
    if isinstance(obj, (numpy.bool_, numpy.number)):
        return {b'nd': False, b'type': obj.dtype.str, b'data': obj.data}
    raise TypeError(type(obj))


def encode_text(obj):
    """The same with keys of text, as other languages may send."""
    return {k.decode(): v for k, v in encode(obj).items()}


def pack(frame, default=encode):
    return msgpack.packb(frame, default=default, use_bin_type=True)


def header(**more):
    return pack({'frame': 'header', 'version': 1,
                 'history': ['make.py'], **more})


def end(count, dropped=0):
    return pack({'frame': 'end', 'utterances': count, 'dropped': dropped})


def utterance(name, **fields):
    return {'frame': 'utterance', 'id': name, **fields}


def corpus():
    """12 utterances of 4 speakers, 2 languages, 3 labels, unevenly."""
    random = numpy.random.RandomState(1)
    labels = ['anger'] + 2 * ['sadness'] + 9 * ['neutral']
    for i, label in enumerate(labels):
        yield utterance(
            'u%02d' % i, language='fi' if i % 3 == 0 else 'en', label=label,
            speaker='s%d' % (i % 4), rate=16000, start=i * 1.5,
            features=random.randn(5 + i, 4).astype('<f4'),
            logits=numpy.array([i, -1, .5], '<f4'),
            classes=['anger', 'neutral', 'sadness'])


def python_frame(default):
    return pack(utterance(
        'python', floats=numpy.array([1, 2.5, -3], '<f4'),
        doubles=numpy.array([[.1, .2], [.3, .4]], '<f8'),
        integers=numpy.array([1, 2], '<i8'), empty=numpy.zeros((0, 4), '<f4'),
        loss=numpy.float32(.75), scalar=numpy.array(2.0, '<f4'),
        label='ilo', note='\u00e4\U0001f600', number=3, negative=-70000,
        real=.1, nothing=None, yes=True, raw=b'\x00\xff',
        nested={'a': [1, {'b': 'c'}]}), default)


def hostile():
    """Name, bytes: streams that must be refused."""
    head = header()
    def raw(value):
        return (head + b'\x83\xa5frame\xa9utterance\xa2id\xa1a\xa1x' + value +
                end(1))
    yield 'array-2g', raw(b'\xdd\x80\x00\x00\x00')
    yield 'map-2g', raw(b'\xdf\x80\x00\x00\x00')
    yield 'bin-2g', raw(b'\xc6\x80\x00\x00\x00')
    yield 'text-2g', raw(b'\xdb\x80\x00\x00\x00')
    yield 'ext-2g', raw(b'\xc9\x80\x00\x00\x00\x01')
    yield 'bin-900m', raw(b'\xc6\x38\x00\x00\x00')
    yield 'array-2g-filled', raw(b'\xdd\x80\x00\x00\x00' + b'\x00' * 70000)
    yield 'fields-2g', head + b'\xdf\x80\x00\x00\x00'
    yield 'nested-9', raw(b'\x91' * 8 + b'\x00')
    yield 'key-long', head + b'\x81\xda\x01\x00' + b'k' * 256 + b'\x00'
    yield 'key-number', head + b'\x81\x01\x02'
    yield 'key-nul', head + b'\x81\xa2a\x00\x02'
    yield 'key-twice', head + b'\x82\xa1a\x01\xa1a\x02' + end(1)
    yield 'byte-c1', raw(b'\xc1')
    yield 'header-only', head
    yield 'header-twice', head + head + end(0)
    yield 'header-old', header(version=0) + end(0)
    yield 'end-only', end(0)
    yield 'end-wrong', head + end(3)
    yield 'end-missing', head + pack(utterance('a'))
    yield 'end-cut', head + end(0)[:-1]
    yield 'after-end', head + end(0) + pack(utterance('a'))
    yield 'trailing', head + end(0) + b'\n'
    yield 'no-id', head + pack({'frame': 'utterance', 'rate': 1}) + end(1)
    yield 'id-number', head + pack({'frame': 'utterance', 'id': 7}) + end(1)
    yield 'no-kind', head + pack({'id': 'a'}) + end(1)
    yield 'empty', b''
    yield 'text', b'path\tlanguage\tlabel\n'


def write(name, data):
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, name), 'wb') as f:
        f.write(data)


def main():
    frames = list(corpus())
    body = b''.join(pack(f) for f in frames)
    write('corpus.frames', header() + body + end(len(frames)))
    write('python.frames', header() + python_frame(encode) + end(1))
    write('python-text.frames',
          header() + python_frame(encode_text) + end(1))
    write('none.frames', header() + end(0, dropped=2))
    for name, data in hostile():
        write('bad-%s.frames' % name, data)


if __name__ == '__main__':
    main()
