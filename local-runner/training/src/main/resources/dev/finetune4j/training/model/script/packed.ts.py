# Weights that stay in blocks of a few bits an element (QLoRA, Dettmers et al. 2023, https://arxiv.org/abs/2305.14314): each use of a
# matrix unpacks it into a room that all of them share. Formats are 0 for NF4 with double quantization, otherwise the numbers of ggml
# (2 Q4_0, 3 Q4_1, 8 Q8_0, 12 Q4_K, 14 Q6_K), which are decoded as ggml-quants.c does it, in the same order of operations.
# n blocks of E elements, computed in float32. dtypes are numbers: 4 int64, 6 float32. TorchScript cannot look at bytes as another
# number format, so that halves and signed bytes are put together from unsigned ones, exactly.

# Some rows of a matrix. The last four tensors are those of NF4, [0] for others.
class Part(NamedTuple):
  format : int
  elements : int           # E
  first : int              # first row
  rows : int
  blocks : Tensor          # [n, bytes of a block] uint8
  magnitudes : Tensor      # [n] uint8
  distances : Tensor       # [n / 256] float32
  mean : float             # of the magnitudes
  pairs : Tensor           # [256] complex: the two codes of a byte, side by side
  levels : Tensor          # [256] float32

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

def q4_0(x: Tensor) -> Tensor:
  pairs = x[:, 2:18]                                                                   # [n, 16]
  q = torch.to(torch.cat([__torch__.packed.low(pairs), __torch__.packed.high(pairs)], 1), 6)
  return q.sub_(8.0).mul_(__torch__.packed.half(x, 0))                                 # [n, 32]

def q4_1(x: Tensor) -> Tensor:
  pairs = x[:, 4:20]                                                                   # [n, 16]
  q = torch.to(torch.cat([__torch__.packed.low(pairs), __torch__.packed.high(pairs)], 1), 6)
  return q.mul_(__torch__.packed.half(x, 0)).add_(__torch__.packed.half(x, 2))         # [n, 32]

def q8_0(x: Tensor) -> Tensor:
  q = __torch__.packed.signed(x[:, 2:34])
  return q.mul_(__torch__.packed.half(x, 0))                                           # [n, 32]

def q4_k(x: Tensor) -> Tensor:
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
  return q.mul_(scale.unsqueeze(2)).sub_(minimum.unsqueeze(2)).view([n, 256])

def q6_k(x: Tensor) -> Tensor:
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
  return q.mul_(torch.mul(scales, __torch__.packed.half(x, 208)).unsqueeze(2)).view([n, 256])

# Blocks begin .. end as numbers, [n, E].
def numbers(part: __torch__.packed.Part, begin: int, end: int) -> Tensor:
  x = part.blocks[begin:end]
  if part.format == 0:
    y = __torch__.packed.nf4(part, begin, end)
  elif part.format == 2:
    y = __torch__.packed.q4_0(x)
  elif part.format == 3:
    y = __torch__.packed.q4_1(x)
  elif part.format == 8:
    y = __torch__.packed.q8_0(x)
  elif part.format == 12:
    y = __torch__.packed.q4_k(x)
  else:
    y = __torch__.packed.q6_k(x)
  return y

# Writes the part's rows into weight [O, I], some thousand blocks at a time, so that what lies between stays in the cache.
def unpack(part: __torch__.packed.Part, weight: Tensor) -> Tensor:
  target = weight[part.first:part.first + part.rows].view([-1])                        # [rows I]
  E = part.elements
  whole = target.numel() // E
  chunk = 131072 // E
  begin = 0
  while begin < whole:
    end = min(begin + chunk, whole)
    target[begin * E:end * E].copy_(__torch__.packed.numbers(part, begin, end).view([-1]))
    begin = end
  rest = target.numel() - whole * E
  if rest > 0:
    target[whole * E:whole * E + rest].copy_(__torch__.packed.numbers(part, whole, whole + 1)[0, 0:rest])
  return weight
