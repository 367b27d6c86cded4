# Language model head and cross-entropy, forward and backward in one pass over chunks of rows: of the [M, V] logits only one chunk
# lives at a time. Only the M rows whose target counts come here at all.
#   loss = sum_i ( log sum_v exp(z_iv) - z_i,target ),   z = norm(h) E^T,   dz = softmax(z) - onehot(target)

# The summed loss [1] float64; with learn also dx = s dz E, the gradient of the normed rows x [M, C], scaled by s.
# logits is [chunk, V]; wide is [chunk, V] float32, the same tensor where logits is float32.
def loss(x: Tensor, targets: Tensor, E: Tensor, s: float, learn: bool, logits: Tensor, wide: Tensor, dx: Tensor) -> Tensor:
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
    hit = torch.gather(p, 1, targets[begin:end].unsqueeze(1))           # [m, 1]
    top = torch.amax(p, [1], True)                                      # [m, 1]
    p.sub_(top).exp_()
    mass = torch.sum(p, [1], True)                                      # [m, 1]
    total.add_(torch.sum(torch.sub(torch.add(torch.log(mass), top), hit), dtype=7))
    if learn:
      if z.dtype != 6:
        z.copy_(p)
      torch.mm(z, E, out=dx[begin:end])                                 # [m, C]
      dx[begin:end].mul_(torch.mul(torch.reciprocal(mass), s))
    begin = end
  if learn:
    dx.sub_(torch.embedding(E, targets), alpha=s)
  return total
