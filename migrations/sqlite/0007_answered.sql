-- What is answered and not resolved yet is counted for each /queue.

create index requests_answered on requests (community, route) where status = 'answered';
