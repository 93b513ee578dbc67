#!/usr/bin/env python3
"""rng.py - the first numbers of xoshiro256** seeded by splitmix64(42)

Written from the definitions (Blackman and Vigna, "Scrambled linear
pseudorandom number generators", 2018); prints what tests/unit/rng.c expects.
"""
MASK = (1 << 64) - 1


def splitmix64(x):
    while True:
        x = (x + 0x9e3779b97f4a7c15) & MASK
        z = x
        z = ((z ^ (z >> 30)) * 0xbf58476d1ce4e5b9) & MASK
        z = ((z ^ (z >> 27)) * 0x94d049bb133111eb) & MASK
        yield z ^ (z >> 31)


def rotate(x, k):
    return ((x << k) | (x >> (64 - k))) & MASK


def xoshiro256(seed):
    source = splitmix64(seed)
    s = [next(source) for _ in range(4)]
    while True:
        yield (rotate((s[1] * 5) & MASK, 7) * 9) & MASK
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 45)


if __name__ == '__main__':
    numbers = xoshiro256(42)
    for _ in range(6):
        print('%#018xu,' % next(numbers))
