# Weights that stay narrower than what is computed with: each use of a matrix unpacks it into a room that all of them share. They are
# in blocks of a few bits an element (QLoRA, Dettmers et al. 2023, https://arxiv.org/abs/2305.14314), in a number format of 16 bits, or
# in codes of a byte that blocks were spread into once, which are unpacked many times as fast as they. All but NF4 come out as exact as
# weights that were unpacked before. Formats are 0 for NF4 with double quantization, -1 for codes, otherwise the numbers of ggml (1 half,
# 2 Q4_0, 3 Q4_1, 8 Q8_0, 12 Q4_K, 14 Q6_K, 30 bfloat16), which are decoded as ggml-quants.c does it, in the same order of operations.
# n blocks of E elements, computed in float32. dtypes are numbers: 1 int8, 4 int64, 6 float32. TorchScript cannot look at bytes as another
# number format, so that halves and signed bytes are put together from unsigned ones, exactly.

# Some rows of a matrix. Tensors that its format has not are without elements.
class Part(NamedTuple):
  format : int
  elements : int           # E
  first : int              # first row
  rows : int
  blocks : Tensor          # [n, bytes of a block] uint8; codes [n, E] int8; 16 bits [rows, I]
  scale : Tensor           # [n, 1] float32
  minimum : Tensor         # [n, 1] float32, without elements where all are 0
  magnitudes : Tensor      # [n] uint8; this and what follows are of NF4
  distances : Tensor       # [n / 256] float32
  mean : float             # of the magnitudes
  pairs : Tensor           # [256] complex: the two codes of a byte, side by side
  levels : Tensor          # [256] float32

# The numbers of n blocks of G groups of e elements: q * scale + minimum.
class Codes(NamedTuple):
  q : Tensor               # [n, G, e] float32 whole numbers that a signed byte holds
  scale : Tensor           # [n, G, 1]
  minimum : Tensor         # [n, G, 1], without elements where all are 0

# [n, 1] from a half at the same place in every block: 1 sign, 5 exponent, 10 fraction bits, the lower byte first.
def half(x: Tensor, at: int) -> Tensor:
  lower = torch.to(x[:, at:at + 1], 6)
  upper = torch.to(x[:, at + 1:at + 2], 6)
  negative = torch.to(torch.ge(upper, 128.0), 6)
  upper.sub_(torch.mul(negative, 128.0))
  exponent = torch.floor(torch.div(upper, 4.0))
  fraction = torch.add(torch.mul(torch.sub(upper, torch.mul(exponent, 4.0)), 256.0), lower)
  fraction.add_(torch.mul(torch.to(torch.gt(exponent, 0.0), 6), 1024.0))
  magnitude = torch.ldexp(fraction, torch.sub(torch.clamp(exponent, 1.0), 25.0))
  magnitude.masked_fill_(torch.eq(exponent, 31.0), inf)
  return magnitude.mul_(torch.rsub(torch.mul(negative, 2.0), 1.0))

# Bytes as signed numbers.
def signed(x: Tensor) -> Tensor:
  y = torch.to(x, 6)
  return y.sub_(torch.mul(torch.to(torch.gt(y, 127.0), 6), 256.0))

# The lower or the upper four bits of bytes.
def low(x: Tensor) -> Tensor:
  return torch.bitwise_and(x, 15)

def high(x: Tensor) -> Tensor:
  return torch.bitwise_right_shift(x, 4)

# Blocks begin .. end with the magnitude of each, whose distances are those of its 256 neighbours: [n, 64].
def nf4(part: __torch__.packed.Part, begin: int, end: int) -> Tensor:
  n = end - begin
  bytes = torch.to(part.blocks[begin:end].view([-1]), 4)                               # [32 n]
  codes = torch.view_as_real(torch.take(part.pairs, bytes)).view([n, 64])
  levels = torch.take(part.levels, torch.to(part.magnitudes[begin:end], 4))            # [n]
  number = torch.floor_divide(torch.arange(begin, end, dtype=4), 256)                  # [n]
  magnitudes = torch.add(torch.mul(levels, torch.index_select(part.distances, 0, number)), part.mean)
  return codes.mul_(magnitudes.unsqueeze(1))

def q4_0(x: Tensor) -> __torch__.packed.Codes:
  pairs = x[:, 2:18]                                                                   # [n, 16]
  q = torch.to(torch.cat([__torch__.packed.low(pairs), __torch__.packed.high(pairs)], 1), 6)
  return __torch__.packed.Codes(q.sub_(8.0).unsqueeze(1), __torch__.packed.half(x, 0).unsqueeze(1), torch.empty([0]))

def q4_1(x: Tensor) -> __torch__.packed.Codes:
  pairs = x[:, 4:20]                                                                   # [n, 16]
  q = torch.to(torch.cat([__torch__.packed.low(pairs), __torch__.packed.high(pairs)], 1), 6)
  return __torch__.packed.Codes(q.unsqueeze(1), __torch__.packed.half(x, 0).unsqueeze(1), __torch__.packed.half(x, 2).unsqueeze(1))

def q8_0(x: Tensor) -> __torch__.packed.Codes:
  q = __torch__.packed.signed(x[:, 2:34])                                              # [n, 32]
  return __torch__.packed.Codes(q.unsqueeze(1), __torch__.packed.half(x, 0).unsqueeze(1), torch.empty([0]))

def q4_k(x: Tensor) -> __torch__.packed.Codes:
  n = x.size(0)
  a = x[:, 4:8]
  b = x[:, 8:12]
  c = x[:, 12:16]
  # Six bits each: of the first four scales and minimums in one piece, of the last four in two.
  upper_a = torch.bitwise_left_shift(torch.bitwise_right_shift(a, 6), 4)
  upper_b = torch.bitwise_left_shift(torch.bitwise_right_shift(b, 6), 4)
  scales = torch.cat([torch.bitwise_and(a, 63), torch.bitwise_or(__torch__.packed.low(c), upper_a)], 1)
  minimums = torch.cat([torch.bitwise_and(b, 63), torch.bitwise_or(__torch__.packed.high(c), upper_b)], 1)
  scale = torch.mul(torch.to(scales, 6), __torch__.packed.half(x, 0))                  # [n, 8]
  minimum = torch.mul(torch.to(minimums, 6), __torch__.packed.half(x, 2))              # [n, 8]
  pairs = x[:, 16:144].view([n, 4, 1, 32])
  q = torch.to(torch.cat([__torch__.packed.low(pairs), __torch__.packed.high(pairs)], 2), 6).view([n, 8, 32])
  return __torch__.packed.Codes(q, scale.unsqueeze(2), minimum.neg_().unsqueeze(2))

def q6_k(x: Tensor) -> __torch__.packed.Codes:
  n = x.size(0)
  near = x[:, 0:128].view([n, 2, 64])[:, :, 0:32]                                      # [n, 2, 32]
  far = x[:, 0:128].view([n, 2, 64])[:, :, 32:64]
  upper = x[:, 128:192].view([n, 2, 32])
  lower = [__torch__.packed.low(near), __torch__.packed.low(far), __torch__.packed.high(near), __torch__.packed.high(far)]
  quarters = annotate(List[Tensor], [])
  for i in range(4):
    bits = torch.bitwise_and(torch.bitwise_right_shift(upper, 2 * i), 3)
    torch.append(quarters, torch.bitwise_or(lower[i], torch.bitwise_left_shift(bits, 4)))
  q = torch.to(torch.stack(quarters, 2), 6).sub_(32.0).view([n, 16, 16])               # from [n, 2, 4, 32]
  scales = __torch__.packed.signed(x[:, 192:208])                                      # [n, 16]
  return __torch__.packed.Codes(q, torch.mul(scales, __torch__.packed.half(x, 208)).unsqueeze(2), torch.empty([0]))

# Blocks of a ggml format of less than 16 bits.
def codes(x: Tensor, format: int) -> __torch__.packed.Codes:
  if format == 2:
    y = __torch__.packed.q4_0(x)
  elif format == 3:
    y = __torch__.packed.q4_1(x)
  elif format == 8:
    y = __torch__.packed.q8_0(x)
  elif format == 12:
    y = __torch__.packed.q4_k(x)
  else:
    y = __torch__.packed.q6_k(x)
  return y

# Blocks begin .. end as numbers, [n E].
def numbers(part: __torch__.packed.Part, begin: int, end: int) -> Tensor:
  if part.format == 0:
    y = __torch__.packed.nf4(part, begin, end)
  else:
    c = __torch__.packed.codes(part.blocks[begin:end], part.format)
    y = c.q.mul_(c.scale)
    if c.minimum.numel() > 0:
      y.add_(c.minimum)
  return y.view([-1])

# Spreads blocks [n, bytes of a block] out: codes [n G, e] int8 with their scale and minimum.
def spread(x: Tensor, format: int, elements: int, first: int, rows: int) -> __torch__.packed.Part:
  q = annotate(List[Tensor], [])
  scales = annotate(List[Tensor], [])
  minimums = annotate(List[Tensor], [])
  n = x.size(0)
  chunk = 131072 // elements
  for k in range((n + chunk - 1) // chunk):
    c = __torch__.packed.codes(x[chunk * k:chunk * k + chunk], format)
    torch.append(q, torch.to(c.q, 1).view([-1, c.q.size(2)]))
    torch.append(scales, c.scale.reshape([-1, 1]))
    torch.append(minimums, c.minimum.reshape([-1, 1]))
  blocks = torch.cat(q, 0)
  none = torch.empty([0])
  return __torch__.packed.Part(-1, blocks.size(1), first, rows, blocks, torch.cat(scales, 0), torch.cat(minimums, 0), none, none, 0.0, none, none)

# Writes the part's rows into weight [O, I], some thousand blocks at a time, so that what lies between stays in the cache.
def unpack(part: __torch__.packed.Part, weight: Tensor) -> Tensor:
  target = weight[part.first:part.first + part.rows]                                   # [rows, I]
  if __torch__.packed.by_rows(part):
    __torch__.packed.rows(part, 0, part.rows, target)
  else:
    __torch__.packed.unpack_blocks(part, target.view([-1]))
  return weight

# Codes from the first-th on into target [n, E] float32.
def unpack_codes(part: __torch__.packed.Part, first: int, target: Tensor) -> Tensor:
  n = target.size(0)
  chunk = 131072 // part.elements
  begin = 0
  while begin < n:
    end = min(begin + chunk, n)
    y = target[begin:end].copy_(part.blocks[first + begin:first + end]).mul_(part.scale[first + begin:first + end])
    if part.minimum.numel() > 0:
      y.add_(part.minimum[first + begin:first + end])
    begin = end
  return target

# Whether some rows of it can be unpacked without the others.
def by_rows(part: __torch__.packed.Part) -> bool:
  return part.format == -1 or part.format == 1 or part.format == 30

# Rows begin .. end of such a part, in the first rows of the room [O, I]: [end - begin, I].
def rows(part: __torch__.packed.Part, begin: int, end: int, room: Tensor) -> Tensor:
  target = room[0:end - begin]
  if part.format == -1:
    codes = part.blocks.size(0) // part.rows                                           # of a row
    __torch__.packed.unpack_codes(part, codes * begin, target.view([-1, part.elements]))
  else:
    target.copy_(part.blocks[begin:end])
  return target

# Blocks into target [rows I].
def unpack_blocks(part: __torch__.packed.Part, target: Tensor) -> Tensor:
  E = part.elements
  whole = target.numel() // E
  chunk = 131072 // E
  begin = 0
  while begin < whole:
    end = min(begin + chunk, whole)
    target[begin * E:end * E].copy_(__torch__.packed.numbers(part, begin, end))
    begin = end
  rest = target.numel() - whole * E
  if rest > 0:
    target[whole * E:whole * E + rest].copy_(__torch__.packed.numbers(part, whole, whole + 1)[0:rest])
  return target
