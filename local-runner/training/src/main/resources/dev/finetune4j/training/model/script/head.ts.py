# Language model head and cross-entropy, forward and backward in one pass over chunks of rows: of the [M, V] logits only one chunk
# lives at a time. Only the M rows whose target counts come here at all.
#   loss = sum_i ( log sum_v exp(z_iv) - z_i,target ),   z = norm(h) E^T,   dz = softmax(z) - onehot(target)
# Logits may be capped, z = c tanh(norm(h) E^T / c) (Gemma 2, 2024, https://arxiv.org/abs/2408.00118); then dz * (1 - (z / c)^2).

def capped(z: Tensor, cap: float) -> Tensor:
  return z.div_(cap).tanh_().mul_(cap)

# The summed loss [1] float64; with learn also dx = s dz E, the gradient of the normed rows x [M, C], scaled by s.
# cap is c, 0 for none. logits is [chunk, V]; wide is [chunk, V] float32, the same tensor where logits is float32.
def loss(x: Tensor, targets: Tensor, E: Tensor, cap: float, s: float, learn: bool, logits: Tensor, wide: Tensor, dx: Tensor) -> Tensor:
  M = x.size(0)
  chunk = logits.size(0)
  total = torch.zeros([1], dtype=7)
  begin = 0
  while begin < M:
    end = min(begin + chunk, M)
    z = logits[0:end - begin]                                           # [m, V]
    torch.mm(x[begin:end], E.t(), out=z)
    p = wide[0:end - begin]                                             # [m, V] float32
    if z.dtype != 6:
      p.copy_(z)
    slope = p
    if cap > 0.0:
      __torch__.head.capped(p, cap)
      slope = torch.rsub(torch.div(p, cap).pow_(2), 1.0)                # [m, V]
    hit = torch.gather(p, 1, targets[begin:end].unsqueeze(1))           # [m, 1]
    top = torch.amax(p, [1], True)                                      # [m, 1]
    p.sub_(top).exp_()
    mass = torch.sum(p, [1], True)                                      # [m, 1]
    total.add_(torch.sum(torch.sub(torch.add(torch.log(mass), top), hit), dtype=7))
    if learn:
      if cap > 0.0:
        p.mul_(slope)
      if z.dtype != 6:
        z.copy_(p)
      d = dx[begin:end]
      torch.mm(z, E, out=d)                                             # [m, C]
      d.mul_(torch.mul(torch.reciprocal(mass), s))
      own = torch.embedding(E, targets[begin:end])                      # [m, C]
      if cap > 0.0:
        own.mul_(torch.gather(slope, 1, targets[begin:end].unsqueeze(1)))
      d.sub_(own, alpha=s)
    begin = end
  return total
