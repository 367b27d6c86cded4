# Language model head and cross-entropy, forward and backward in one pass over the vocabulary, a slice of n tokens at a time: of the
# [M, V] logits only one slice lives. The softmax is taken online (Milakov and Gimelshein 2018, https://arxiv.org/abs/1805.02867): what is
# summed so far shrinks where a slice holds a larger logit. Only the M rows whose target counts come here at all.
#   loss = sum_i ( log sum_v exp(z_iv) - z_i,target ),   z = norm(h) E^T,   dz = softmax(z) - onehot(target)
# Logits may be capped, z = c tanh(norm(h) E^T / c) (Gemma 2, 2024, https://arxiv.org/abs/2408.00118); then dz * (1 - (z / c)^2).
# M rows, m of them at a time, C width, V tokens of the vocabulary, E [V, C] the weight of the head.

# Caps logits z, in place.
def capped(z: Tensor, cap: float) -> Tensor:
  return z.div_(cap).tanh_().mul_(cap)

# What the slices so far leave of m rows, one number a row.
class Sums(NamedTuple):
  top : Tensor                                 # [m, 1] float32, max z
  mass : Tensor                                # [m, 1] float32, sum_v exp(z_v - max z)
  hit : Tensor                                 # [m, 1] float32, z_target
  slope : Tensor                               # [m, 1] float32, 1 - (z_target / c)^2 where capped logits are learned from, else 1
  shrink : Tensor                              # [m, 1] float32, exp(max z before the last slice - max z)

# The sums of m rows before the first slice.
def nothing_yet(m: int) -> __torch__.head.Sums:
  return __torch__.head.Sums(torch.full([m, 1], -inf, dtype=6), torch.zeros([m, 1]), torch.zeros([m, 1]), torch.ones([m, 1]), torch.ones([m, 1]))

# Keeps of x [rows, n] the number at the target's place, where the target is of this slice.
def keep_own(kept: Tensor, x: Tensor, targets: Tensor) -> Tensor:
  n = x.size(1)
  at = torch.clamp(targets, 0, n - 1).unsqueeze(1)                      # [rows, 1]
  return kept.copy_(torch.where(torch.eq(at, targets.unsqueeze(1)), torch.gather(x, 1, at), kept))

# Rows begin .. end of the sums.
def sums_rows(s: __torch__.head.Sums, begin: int, end: int) -> __torch__.head.Sums:
  return __torch__.head.Sums(s.top[begin:end], s.mass[begin:end], s.hit[begin:end], s.slope[begin:end], s.shrink[begin:end])

# The online softmax: adds logits p [rows, n] to the sums of their rows and turns them into exp(p - max z).
def softmax_step(p: Tensor, sums: __torch__.head.Sums) -> Tensor:
  top = torch.maximum(sums.top, torch.amax(p, [1], True))               # [rows, 1]
  sums.shrink.copy_(torch.sub(sums.top, top).exp_())
  sums.top.copy_(top)
  p.sub_(top).exp_()
  sums.mass.mul_(sums.shrink).add_(torch.sum(p, [1], True))
  return p

# Adds the logits z [m, n] of a slice to the sums; with learn, z becomes what the gradient takes of it,
#   exp(z - max z),   with a cap times 1 - (z / c)^2
# A few rows at a time, in wide, room in float32, so that they are in the cache for each pass; where z is float32, in place. Targets are
# counted from the slice's first token.
def add_slice(z: Tensor, targets: Tensor, cap: float, learn: bool, wide: Tensor, sums: __torch__.head.Sums) -> Tensor:
  m, n = z.size()
  rows = max(1, min(wide.size(0), 262144) // n)
  begin = 0
  while begin < m:
    end = min(begin + rows, m)
    p = z[begin:end]                                                    # [rows, n] float32
    if z.dtype != 6:
      p = wide[0:p.numel()].view(p.size()).copy_(p)
    own = targets[begin:end]                                            # [rows]
    part = __torch__.head.sums_rows(sums, begin, end)
    if cap > 0.0:
      __torch__.head.capped(p, cap)
    __torch__.head.keep_own(part.hit, p, own)
    if learn and cap > 0.0:
      slope = torch.rsub(torch.div(p, cap).pow_(2), 1.0)                # [rows, n]
      __torch__.head.keep_own(part.slope, slope, own)
      __torch__.head.softmax_step(p, part).mul_(slope)
    else:
      __torch__.head.softmax_step(p, part)
    if learn and z.dtype != 6:
      z[begin:end].copy_(p)
    begin = end
  return z

# d += z E for d [m, C] float32, z [m, n] and E [n, C].
def add_product(d: Tensor, z: Tensor, E: Tensor) -> Tensor:
  if z.dtype == 6:
    __torch__.product.add(d, z, E.t())
  else:
    d.add_(torch.mm(z, E))
  return d

# Tokens of a slice, as many as the room holds for m rows, by the thousand: products of odd sizes are slower.
def tokens_at_once(m: int, room: Tensor, wide: Tensor) -> int:
  n = max(1, min(room.size(0) // m, wide.size(0)))
  if n > 1024:
    n = n // 1024 * 1024
  return n

# Goes once over the vocabulary: adds to the sums, and of what the gradient takes of the logits, z, to
#   d += z E,   [m, C] float32,   and   dE += z^T y,   [V, C] float32,   for y [m, C];   [0] for d and dE that nobody needs.
def walk(x: Tensor, targets: Tensor, E: Tensor, cap: float, room: Tensor, wide: Tensor, sums: __torch__.head.Sums, d: Tensor, y: Tensor, dE: Tensor) -> Tensor:
  m = x.size(0)
  V = E.size(0)
  n = __torch__.head.tokens_at_once(m, room, wide)
  learn = d.numel() > 0 or dE.numel() > 0
  a = 0
  while a < V:
    e = min(a + n, V)
    z = room[0:m * (e - a)].view([m, e - a])                            # [m, n], the last time fewer
    __torch__.product.write(x, E[a:e], z)
    __torch__.head.add_slice(z, torch.sub(targets, a), cap, learn, wide, sums)
    if d.numel() > 0:
      __torch__.head.add_product(d.mul_(sums.shrink), z, E[a:e])        # [m, C]
    if dE.numel() > 0:
      __torch__.linear.add_product(dE[a:e], z, y, 1.0)                  # [n, C]
    a = e
  return d

# Rows that are computed together: with more the products are no faster.
def rows_at_once(M: int) -> int:
  return min(M, 1024)

# The summed loss [1] float64; with learn also dx = s dz E, the gradient of the normed rows x [M, C], scaled by s, and where the head
# is learned dE += s dz^T x, [V, C] float32; [0] where it is frozen. A learned head is gone over twice, since dE needs all exponentials
# of a row.
# cap is c, 0 for none. room is for the logits of a slice, a number at least for each of rows_at_once(M); wide is room in float32, or room
# itself where that is float32.
def loss(x: Tensor, targets: Tensor, E: Tensor, cap: float, s: float, learn: bool, room: Tensor, wide: Tensor, dx: Tensor, dE: Tensor) -> Tensor:
  M, C = x.size()
  none = torch.empty([0], dtype=6)
  total = torch.zeros([1], dtype=7)
  begin = 0
  while begin < M:
    end = min(begin + __torch__.head.rows_at_once(M), M)
    part = x[begin:end]                                                 # [m, C]
    own = targets[begin:end]                                            # [m]
    sums = __torch__.head.nothing_yet(end - begin)
    d = none
    if learn:
      d = torch.zeros([end - begin, C], dtype=6)                        # [m, C]
    if learn and dE.numel() > 0:
      __torch__.head.walk(part, own, E, cap, room, wide, sums, none, part, none)
      y = torch.mul(torch.to(part, 6), torch.div(s, sums.mass))         # [m, C] float32
      sums.mass.zero_()
      __torch__.head.walk(part, own, E, cap, room, wide, sums, d, torch.to(y, x.dtype), dE)
      dE.index_add_(0, own, torch.mul(torch.to(part, 6), sums.slope), alpha=-s)
    else:
      __torch__.head.walk(part, own, E, cap, room, wide, sums, d, part, none)
    total.add_(torch.sum(torch.sub(torch.add(torch.log(sums.mass), sums.top), sums.hit), dtype=7))
    if learn:
      target = torch.mul(torch.to(torch.embedding(E, own), 6), sums.slope)  # [m, C] float32
      dx[begin:end].copy_(d.div_(sums.mass).sub_(target).mul_(s))
    begin = end
  return total
