# AdamW (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) over one flat float32 vector, as torch.optim.AdamW computes it:
#   p -= lr wd p;   m = b1 m + (1 - b1) g;   v = b2 v + (1 - b2) g^2;   p -= lr / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + eps)
# g is multiplied by grad_scale first and is zero afterwards. p, g, m and v are [n]. Returns p.
def step(p: Tensor, g: Tensor, m: Tensor, v: Tensor, t: int, lr: float, wd: float, grad_scale: float) -> Tensor:
  if p.size(0) > 0:
    if grad_scale != 1.0:
      g.mul_(grad_scale)
    steps = torch.full([], t, dtype=6, device=p.device)
    values = [p]
    torch._fused_adamw_(values, [g], [m], [v], [], [steps], lr=lr, beta1=0.9, beta2=0.999, weight_decay=wd, eps=1e-08, amsgrad=False, maximize=False)
    g.zero_()
    # Of the list that was written to, or TorchScript takes the call for one of which nothing is used, and leaves it out.
    return values[0]
  return p

# Elements whose squares are summed together.
def piece() -> int:
  return 262144

# The L2 norm of a gradient, in float64.
def norm(g: Tensor) -> float:
  n = g.size(0)
  squares = 0.0
  begin = 0
  while begin < n:
    end = min(begin + __torch__.adamw.piece(), n)
    length = float(torch.linalg_vector_norm(g[begin:end], 2, None, False, dtype=7))
    squares = squares + length * length
    begin = end
  return squares ** 0.5
