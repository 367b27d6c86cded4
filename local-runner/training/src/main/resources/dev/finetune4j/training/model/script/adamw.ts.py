# AdamW (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) over one flat float32 vector, as torch.optim.AdamW computes it:
#   p -= lr wd p;   m = b1 m + (1 - b1) g;   v = b2 v + (1 - b2) g^2;   p -= lr / (1 - b1^t) m / (sqrt(v / (1 - b2^t)) + eps)
# g is multiplied by grad_scale first and is zero afterwards.

def step(p: Tensor, g: Tensor, m: Tensor, v: Tensor, t: int, lr: float, wd: float, grad_scale: float) -> Tensor:
  b1 = 0.9
  b2 = 0.999
  if grad_scale != 1.0:
    g.mul_(grad_scale)
  p.mul_(1.0 - lr * wd)
  m.lerp_(g, 1.0 - b1)
  v.mul_(b2).addcmul_(g, g, value=1.0 - b2)
  width = torch.sqrt(v).div_((1.0 - b2 ** t) ** 0.5).add_(1e-08)
  p.addcdiv_(m, width, value=-(lr / (1.0 - b1 ** t)))
  g.zero_()
  return p
