# Language model head and cross-entropy, forward and backward in one pass over chunks of rows: of the [M, V] logits only one chunk
# lives at a time. Only the M rows whose target counts come here at all.
#   loss = sum_i ( log sum_v exp(z_iv) - z_i,target ),   z = norm(h) E^T,   dz = softmax(z) - onehot(target)
# Logits may be capped, z = c tanh(norm(h) E^T / c) (Gemma 2, 2024, https://arxiv.org/abs/2408.00118); then dz * (1 - (z / c)^2).

def capped(z: Tensor, cap: float) -> Tensor:
  return z.div_(cap).tanh_().mul_(cap)

# What a chunk leaves for its gradient, one number a row.
class Sums(NamedTuple):
  loss : Tensor                                # [m, 1] float32
  mass : Tensor                                # [m, 1] float32, sum_v exp(z_v - max z)
  slope : Tensor                               # [m, 1] float32, 1 - (z_target / c)^2 where logits are capped

# Turns logits z [m, V] into exp(z - max z), and with learn and a cap further into its gradient through the cap, a few rows at a time in
# wide [rows, V] float32, so that they are in the cache for each pass; where z is float32 itself, in place.
def exponentials(z: Tensor, targets: Tensor, cap: float, learn: bool, wide: Tensor) -> __torch__.head.Sums:
  m = z.size(0)
  sums = __torch__.head.Sums(torch.empty([m, 1]), torch.empty([m, 1]), torch.empty([m, 1]))
  begin = 0
  while begin < m:
    end = min(begin + wide.size(0), m)
    p = z[begin:end]                                                    # [rows, V] float32
    if z.dtype != 6:
      p = wide[0:end - begin].copy_(z[begin:end])
    slope = p
    own = targets[begin:end].unsqueeze(1)                               # [rows, 1]
    if cap > 0.0:
      __torch__.head.capped(p, cap)
      slope = torch.rsub(torch.div(p, cap).pow_(2), 1.0)                # [rows, V]
      sums.slope[begin:end].copy_(torch.gather(slope, 1, own))
    hit = torch.gather(p, 1, own)                                       # [rows, 1]
    top = torch.amax(p, [1], True)                                      # [rows, 1]
    p.sub_(top).exp_()
    mass = sums.mass[begin:end].copy_(torch.sum(p, [1], True))
    sums.loss[begin:end].copy_(torch.sub(torch.add(torch.log(mass), top), hit))
    if learn:
      if cap > 0.0:
        p.mul_(slope)
      if z.dtype != 6:
        z[begin:end].copy_(p)
    begin = end
  return sums

# The summed loss [1] float64; with learn also dx = s dz E, the gradient of the normed rows x [M, C], scaled by s, and where the head
# is learned dE += s dz^T x, [V, C] float32; [0] where it is frozen.
# cap is c, 0 for none. logits is [chunk, V]; wide is [rows, V] float32, or logits itself where that is float32.
def loss(x: Tensor, targets: Tensor, E: Tensor, cap: float, s: float, learn: bool, logits: Tensor, wide: Tensor, dx: Tensor, dE: Tensor) -> Tensor:
  M = x.size(0)
  chunk = logits.size(0)
  total = torch.zeros([1], dtype=7)
  begin = 0
  while begin < M:
    end = min(begin + chunk, M)
    z = logits[0:end - begin]                                           # [m, V]
    torch.mm(x[begin:end], E.t(), out=z)
    sums = __torch__.head.exponentials(z, targets[begin:end], cap, learn, wide)
    total.add_(torch.sum(sums.loss, dtype=7))
    if learn:
      d = dx[begin:end]
      torch.mm(z, E, out=d)                                             # [m, C]
      share = torch.mul(torch.reciprocal(sums.mass), s)                 # [m, 1]
      d.mul_(share)
      own = torch.embedding(E, targets[begin:end])                      # [m, C]
      if cap > 0.0:
        own.mul_(sums.slope)
      d.sub_(own, alpha=s)
      if dE.numel() > 0:
        hidden = torch.to(x[begin:end], 6)                              # [m, C]
        none = torch.empty([0], dtype=6)
        __torch__.linear.backward_weight(z, torch.to(torch.mul(hidden, share), z.dtype), dE, none)
        if cap > 0.0:
          hidden = torch.mul(hidden, sums.slope)
        dE.index_add_(0, targets[begin:end], hidden, alpha=-s)
    begin = end
  return total
