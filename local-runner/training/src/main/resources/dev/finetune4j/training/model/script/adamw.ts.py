# AdamW (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) over one flat float32 vector, as torch.optim.AdamW computes it:
#   p -= lr wd p;   m = b1 m + (1 - b1) g;   v = b2 v + (1 - b2) g^2;   p -= lr / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + eps)
# g is multiplied by grad_scale first and is zero afterwards. p, g, m and v are [n].

def step(p: Tensor, g: Tensor, m: Tensor, v: Tensor, t: int, lr: float, wd: float, grad_scale: float) -> Tensor:
  b1 = 0.9
  b2 = 0.999
  eps = 1e-08
  if grad_scale != 1.0:
    g.mul_(grad_scale)
  p.mul_(1.0 - lr * wd)
  m.lerp_(g, 1.0 - b1)
  v.mul_(b2).addcmul_(g, g, value=1.0 - b2)
  denom = torch.sqrt(v).div_((1.0 - b2 ** t) ** 0.5).add_(eps)
  p.addcdiv_(m, denom, value=-(lr / (1.0 - b1 ** t)))
  g.zero_()
  return p

# Elements that are computed together: few enough that what one operation leaves is still in the processor's cache for the next, and
# that no copy of a vector as long as a model is ever made.
def piece() -> int:
  return 262144

def steps(p: Tensor, g: Tensor, m: Tensor, v: Tensor, t: int, lr: float, wd: float, grad_scale: float) -> Tensor:
  n = p.size(0)
  begin = 0
  while begin < n:
    end = min(begin + __torch__.adamw.piece(), n)
    __torch__.adamw.step(p[begin:end], g[begin:end], m[begin:end], v[begin:end], t, lr, wd, grad_scale)
    begin = end
  return p

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
