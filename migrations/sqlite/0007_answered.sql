-- What is answered and not resolved yet is counted for each /queue, from the index alone; its newest are offered by *This answers…*.

create index requests_answered on requests (community, opened_at, route, status) where status = 'answered';
